import { readFileSync } from 'node:fs';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent, request, type RequestOptions } from 'node:https';
import { parse } from 'yaml';
import { HackError, type HackErrorCode } from './hack-error.ts';

interface Kubeconfig {
  readonly clusters?: readonly { readonly cluster: { readonly server?: string; readonly 'certificate-authority-data'?: string } }[];
  readonly users?: readonly { readonly user: { readonly 'client-certificate-data'?: string; readonly 'client-key-data'?: string } }[];
}

type Connection = Pick<RequestOptions, 'host' | 'port' | 'ca' | 'cert' | 'key'>;

/** Reads the Kubernetes API over connections that it keeps, with the client certificate of a self-contained kubeconfig. */
export class ApiReader {
  private readonly connection: Connection;
  private readonly agent = new Agent({ keepAlive: true });

  /** @throws HackError BAD_KUBECONFIG when it is of another kind, see {@link isSelfContained} */
  constructor(kubeconfigPath: string) {
    const connection = connectionOf(readKubeconfig(kubeconfigPath));
    if (connection === undefined) throw new HackError('BAD_KUBECONFIG', `${kubeconfigPath}: it has not one cluster and one user with a client certificate in it`);
    this.connection = connection;
  }

  /** Whether a kubeconfig has all that is needed in it: one cluster, one user with a client certificate. */
  static isSelfContained(kubeconfigPath: string): boolean {
    return connectionOf(readKubeconfig(kubeconfigPath)) !== undefined;
  }

  /** @throws HackError API_FAILED; NOT_FOUND when the server has no such object; API_UNAVAILABLE when it cannot answer now, such as while it starts */
  async get<T>(path: string, accept = 'application/json'): Promise<T> {
    const chunks: Buffer[] = [];
    for await (const chunk of await this.open(path, accept)) chunks.push(chunk as Buffer);
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as T;
  }

  /** The body of an answer, as it comes. */
  async open(path: string, accept = 'application/json'): Promise<IncomingMessage> {
    try {
      return await this.once(path, accept);
    } catch (error) {
      // The server had closed a connection that was kept.
      if ((error as { reused?: boolean }).reused !== true) throw error;
      return this.once(path, accept);
    }
  }

  private once(path: string, accept: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const outgoing: ClientRequest = request({ ...this.connection, agent: this.agent, path, headers: { accept } }, (response) => {
        if (response.statusCode === 200) return resolve(response);
        response.resume();
        reject(new HackError(codeOf(response.statusCode), `GET ${path} answered ${response.statusCode}`));
      });
      outgoing.once('error', (error) => reject(Object.assign(error, { reused: outgoing.reusedSocket }))).end();
    });
  }
}

function codeOf(status = 0): HackErrorCode {
  if (status === 404) return 'NOT_FOUND';
  return status === 429 || status >= 500 ? 'API_UNAVAILABLE' : 'API_FAILED';
}

function readKubeconfig(path: string): Kubeconfig {
  return (parse(readFileSync(path, 'utf8')) ?? {}) as Kubeconfig;
}

function connectionOf({ clusters = [], users = [] }: Kubeconfig): Connection | undefined {
  const { server, 'certificate-authority-data': ca } = clusters[0]?.cluster ?? {};
  const { 'client-certificate-data': cert, 'client-key-data': key } = users[0]?.user ?? {};
  if (clusters.length !== 1 || users.length !== 1 || server === undefined || ca === undefined || cert === undefined || key === undefined) return undefined;
  const { hostname, port } = new URL(server);
  const decode = (text: string): Buffer => Buffer.from(text, 'base64');
  return { host: hostname.replace(/^\[|\]$/g, ''), port, ca: decode(ca), cert: decode(cert), key: decode(key) };
}
