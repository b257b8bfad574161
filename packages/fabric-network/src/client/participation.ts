import { randomUUID } from 'node:crypto';
import { request } from 'node:https';
import type { common } from '@hyperledger/fabric-protos';
import { FabricNetworkError } from '../errors.ts';
import { checkChannelName, formatEndpoint } from '../names.ts';
import { DEFAULT_TIMEOUT_MS, type NodeAddress } from './grpc.ts';

/** What an orderer says about a channel of its own. */
export interface OrdererChannel {
  readonly name: string;
  /** `follower` reads on until it becomes a consenter; `config-tracker` is what it is while it has never been one. */
  readonly consensusRelation: 'consenter' | 'follower' | 'config-tracker' | 'other';
  readonly status: 'active' | 'onboarding' | 'inactive' | 'failed';
  /** Number of blocks it has. */
  readonly height: number;
}

/**
 * The administration of one orderer (Fabric's channel participation API). It asks for a client certificate.
 *
 * @param node its `Admin` listener
 */
export class OrdererAdmin {
  readonly #node: NodeAddress;
  readonly #timeoutMs: number;

  constructor(node: NodeAddress, timeoutMs = DEFAULT_TIMEOUT_MS) {
    this.#node = node;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Joins the orderer to a channel: the founder's with the genesis block, a later one with the newest configuration block.
   *
   * @throws FabricNetworkError REFUSED (409: it is in the channel already), UNAVAILABLE
   */
  async join(block: common.Block): Promise<OrdererChannel> {
    const boundary = randomUUID();
    const body = Buffer.concat([
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="config-block"; filename="config.block"\r\nContent-Type: application/octet-stream\r\n\r\n`),
      block.serializeBinary(),
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]);
    return (await this.#call('POST', '', body, `multipart/form-data; boundary=${boundary}`)) as OrdererChannel;
  }

  /** Undefined when the orderer is not in the channel. @throws FabricNetworkError REFUSED, UNAVAILABLE */
  async channel(name: string): Promise<OrdererChannel | undefined> {
    return (await this.#call('GET', `/${checkChannelName(name)}`)) as OrdererChannel | undefined;
  }

  /** Names of the channels of the orderer. @throws FabricNetworkError REFUSED, UNAVAILABLE */
  async channels(): Promise<string[]> {
    const { channels } = (await this.#call('GET', '')) as { channels: { name: string }[] | null };
    return (channels ?? []).map(({ name }) => name);
  }

  /** Takes the orderer out of a channel and deletes its blocks. @throws FabricNetworkError REFUSED, UNAVAILABLE */
  async remove(name: string): Promise<void> {
    await this.#call('DELETE', `/${checkChannelName(name)}`);
  }

  /** The parsed answer; undefined for 404 and an empty body. */
  async #call(method: string, path: string, body?: Uint8Array, contentType?: string): Promise<unknown> {
    const { status, text } = await this.#send(method, path, body, contentType);
    if (status === 404) return undefined;
    if (status >= 200 && status < 300) return text === '' ? undefined : JSON.parse(text);
    throw new FabricNetworkError('REFUSED', `${formatEndpoint(this.#node)}: ${method} channels${path}: ${status} ${text.trim()}`);
  }

  #send(method: string, path: string, body: Uint8Array | undefined, contentType: string | undefined): Promise<{ status: number; text: string }> {
    const { host, port, tlsRootCertificates, clientTls, serverName } = this.#node;
    return new Promise((resolve, reject) => {
      const fail = (cause: Error): void =>
        reject(new FabricNetworkError('UNAVAILABLE', `${formatEndpoint(this.#node)}: ${method} channels${path}: ${cause.message}`, { cause }));
      const call = request(
        {
          method,
          host,
          port,
          path: `/participation/v1/channels${path}`,
          ca: [...tlsRootCertificates],
          ...(clientTls === undefined ? {} : { cert: clientTls.certificatePem, key: clientTls.privateKeyPem }),
          ...(serverName === undefined ? {} : { servername: serverName }),
          headers: contentType === undefined ? {} : { 'content-type': contentType, 'content-length': body?.length ?? 0 },
          signal: AbortSignal.timeout(this.#timeoutMs),
          agent: false,
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (text += chunk));
          response.on('error', fail);
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        },
      );
      call.on('error', fail);
      call.end(body);
    });
  }
}
