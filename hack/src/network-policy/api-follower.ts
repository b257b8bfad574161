import { readFileSync } from 'node:fs';
import { request, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { parse } from 'yaml';
import { HackError } from '../lib/hack-error.ts';
import { sleep } from '../lib/run.ts';

export interface ApiObject {
  readonly metadata: { readonly namespace?: string; readonly name: string; readonly uid: string };
}

interface ListAnswer<T> {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly T[];
}

interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

/** What a follower tells about; `reset` replaces everything known before. */
export interface FollowHandlers<T> {
  readonly reset: (items: readonly T[]) => void;
  readonly set: (item: T) => void;
  readonly remove: (item: T) => void;
  readonly lost: (error: unknown) => void;
}

/** Reads the Kubernetes API with the client certificate of a self-contained kubeconfig. */
export class ApiReader {
  private readonly connection: Pick<RequestOptions, 'host' | 'port' | 'ca' | 'cert' | 'key'>;

  constructor(kubeconfigPath: string) {
    const config = parse(readFileSync(kubeconfigPath, 'utf8')) as {
      clusters: [{ cluster: { server: string; 'certificate-authority-data': string } }];
      users: [{ user: { 'client-certificate-data': string; 'client-key-data': string } }];
    };
    const { cluster } = config.clusters[0];
    const { user } = config.users[0];
    const server = new URL(cluster.server);
    const decode = (text: string): Buffer => Buffer.from(text, 'base64');
    this.connection = {
      host: server.hostname,
      port: server.port,
      ca: decode(cluster['certificate-authority-data']),
      cert: decode(user['client-certificate-data']),
      key: decode(user['client-key-data']),
    };
  }

  private open(path: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const outgoing = request({ ...this.connection, path, headers: { accept: 'application/json' } }, (response) => {
        if (response.statusCode === 200) return resolve(response);
        response.resume();
        reject(new HackError('API_FAILED', `GET ${path} answered ${response.statusCode}`));
      });
      outgoing.once('error', reject).end();
    });
  }

  async get<T>(path: string): Promise<T> {
    const chunks: Buffer[] = [];
    for await (const chunk of await this.open(path)) chunks.push(chunk as Buffer);
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as T;
  }

  private async followOnce<T>(path: string, handlers: FollowHandlers<T>): Promise<void> {
    const list = await this.get<ListAnswer<T>>(path);
    handlers.reset(list.items);
    const query = new URLSearchParams({ watch: 'true', resourceVersion: list.metadata.resourceVersion, timeoutSeconds: '300' });
    const stream = await this.open(`${path}?${query.toString()}`);
    for await (const line of createInterface({ input: stream })) {
      const { type, object } = JSON.parse(line) as WatchEvent<T>;
      if (type === 'ERROR') throw new HackError('API_FAILED', `watch of ${path}: ${line.slice(0, 200)}`);
      if (type === 'DELETED') handlers.remove(object);
      else if (type !== 'BOOKMARK') handlers.set(object);
    }
  }

  /** Lists and watches for ever; after a lost connection it lists again. */
  async follow<T>(path: string, handlers: FollowHandlers<T>): Promise<never> {
    for (;;) {
      try {
        await this.followOnce(path, handlers);
      } catch (error) {
        handlers.lost(error);
        await sleep(1000);
      }
    }
  }
}
