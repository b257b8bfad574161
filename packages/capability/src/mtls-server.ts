import { constants, createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { certificateFingerprint, commonNameOf } from './certificate.ts';

export interface MtlsServerOptions {
  /** Files of the server certificate, its key and the CA whose clients are let in. */
  readonly files: { readonly cert: string; readonly key: string; readonly ca: string };
  readonly handler: RequestListener;
  /** 0 picks a free one. */
  readonly port: number;
  readonly host?: string | undefined;
  /**
   * Whether a client without a certificate of the CA gets as far as HTTP. Default false. Where it does, the handler must
   * ask {@link peerCertificate}, which is undefined for it.
   */
  readonly anonymousClients?: boolean | undefined;
  /** How often the files are looked at for rotation; 0: never. Default 10 000 ms. */
  readonly reloadMs?: number | undefined;
  /** Told of every handshake that was refused, and of reloads that failed. */
  readonly onError?: ((what: 'handshake' | 'reload', error: Error) => void) | undefined;
}

export interface MtlsServer {
  readonly port: number;
  readonly server: Server;
  /** Reads the files again; true when they had changed and are in use now. */
  reload(): Promise<boolean>;
  /** Stops listening, drops open connections. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * HTTPS with TLS 1.3 only, where a client without a certificate of the CA does not get as far as HTTP, unless asked for.
 * Connections are
 * never resumed, so that each one was checked against the CA in use.
 *
 * @throws the file or listen error
 */
export async function mtlsServer(options: MtlsServerOptions): Promise<MtlsServer> {
  let current = await load(options.files);
  const server = createServer(
    {
      ...current.context,
      minVersion: 'TLSv1.3',
      requestCert: true,
      rejectUnauthorized: options.anonymousClients !== true,
      secureOptions: constants.SSL_OP_NO_TICKET,
      // Streams of hours are allowed; slow headers are not.
      requestTimeout: 0,
      headersTimeout: 15_000,
      handshakeTimeout: 10_000,
    },
    options.handler,
  );
  server.on('tlsClientError', (error) => options.onError?.('handshake', error));
  const reload = async (): Promise<boolean> => {
    const next = await load(options.files);
    if (next.digest === current.digest) return false;
    server.setSecureContext({ ...next.context, minVersion: 'TLSv1.3', secureOptions: constants.SSL_OP_NO_TICKET });
    current = next;
    return true;
  };
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const reloadMs = options.reloadMs ?? 10_000;
  // Half-written rotations fail to load; the old certificate stays in use and the next look tries again.
  const timer = reloadMs > 0 ? setInterval(() => void reload().catch((error: Error) => options.onError?.('reload', error)), reloadMs) : undefined;
  timer?.unref();
  let closing: Promise<void> | undefined;
  return {
    port: (server.address() as AddressInfo).port,
    server,
    reload,
    close: () =>
      (closing ??= new Promise((resolve) => {
        clearInterval(timer);
        server.close(() => resolve());
        server.closeAllConnections();
      })),
  };
}

/** Who is at the other end of a request that an {@link mtlsServer} let in. */
export interface PeerCertificate {
  /** SHA-256 of the DER, hex. */
  readonly fingerprint: string;
  readonly commonName: string;
}

/** The client certificate of a request; undefined when the connection has none (then refuse). */
export function peerCertificate(request: IncomingMessage): PeerCertificate | undefined {
  const socket = request.socket as TLSSocket;
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
  return certificate && { fingerprint: certificateFingerprint(certificate.raw), commonName: commonNameOf(certificate) };
}

async function load(files: MtlsServerOptions['files']): Promise<{ context: { cert: Buffer; key: Buffer; ca: Buffer }; digest: string }> {
  const [cert, key, ca] = await Promise.all([readFile(files.cert), readFile(files.key), readFile(files.ca)]);
  const digest = createHash('sha256').update(cert).update(key).update(ca).digest('hex');
  return { context: { cert, key, ca }, digest };
}
