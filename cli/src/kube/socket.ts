/** What is used of the WebSocket behind exec and port-forward; the client library's own type needs further type packages. */
export interface KubeSocket {
  readonly bufferedAmount: number;
  readonly readyState: number;
  readonly OPEN: number;
  addEventListener(type: 'close', listener: () => void): void;
  close(): void;
}
