import { dataSubject } from '@collabnet/messaging';
import type { AttemptAddress, NatsConnection } from '@collabnet/messaging';
import type { DatagramLink } from '@collabnet/wire';

/** The pair of subjects to and from one peer; core NATS, so at most once. */
export class NatsLink implements DatagramLink {
  readonly #connection: NatsConnection;
  readonly #subject: string;
  #listener: ((bytes: Uint8Array) => void) | undefined;
  #connected = true;

  constructor(connection: NatsConnection, address: AttemptAddress, self: string, peer: string) {
    this.#connection = connection;
    this.#subject = dataSubject(address, self, peer);
    connection.subscribe(dataSubject(address, peer, self), {
      callback: (error, message) => {
        if (!error) this.#listener?.(message.data);
      },
    });
    void this.#watch();
  }

  onMessage(listener: (bytes: Uint8Array) => void): void {
    this.#listener = listener;
  }

  send(bytes: Uint8Array): void {
    // While cut off the client would queue every re-send and flush them all at once afterwards.
    if (!this.#connected || this.#connection.isClosed()) return;
    this.#connection.publish(this.#subject, bytes);
  }

  async #watch(): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (status.type === 'disconnect') this.#connected = false;
      if (status.type === 'reconnect') this.#connected = true;
    }
  }
}
