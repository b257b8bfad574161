import { createPrivateKey } from 'node:crypto';
import { connect, hash, signers, type Gateway } from '@hyperledger/fabric-gateway';
import { Client, credentials } from '@grpc/grpc-js';
import type { FabricEndpoint, FabricIdentity } from './options.ts';

const ENDORSE_MS = 15_000;
const SUBMIT_MS = 10_000;
const EVALUATE_MS = 5_000;

/** A gateway to one peer. */
export interface Connection {
  readonly gateway: Gateway;
  /** Resolves when the peer answers on the wire. @throws Error when it has not after so many ms */
  ready(withinMs: number): Promise<void>;
  close(): void;
}

/** Opens a connection; nothing is sent yet. @throws Error for a key or certificate that cannot be read */
export function openConnection({ address, serverName }: FabricEndpoint, identity: FabricIdentity): Connection {
  const { tls } = identity;
  const secure = credentials.createSsl(Buffer.from(identity.tlsAuthorities), ...(tls === undefined ? [] : ([Buffer.from(tls.privateKey), Buffer.from(tls.certificate)] as const)));
  const client = new Client(address, secure, {
    ...(serverName !== undefined && { 'grpc.ssl_target_name_override': serverName }),
    // A peer that vanished must not look like a quiet one. Peers refuse pings that come more often than every 10 s.
    'grpc.keepalive_time_ms': 20_000,
    'grpc.keepalive_timeout_ms': 5_000,
    'grpc.max_receive_message_length': 100 * 1024 * 1024,
  });
  const within = (ms: number) => () => ({ deadline: Date.now() + ms });
  const gateway = connect({
    client,
    identity: { mspId: identity.mspId, credentials: Buffer.from(identity.certificate) },
    signer: signers.newPrivateKeySigner(createPrivateKey(identity.privateKey)),
    hash: hash.sha256,
    endorseOptions: within(ENDORSE_MS),
    submitOptions: within(SUBMIT_MS),
    evaluateOptions: within(EVALUATE_MS),
  });
  return {
    gateway,
    ready: (withinMs) =>
      new Promise((resolve, reject) => client.waitForReady(Date.now() + withinMs, (error) => (error === undefined || error === null ? resolve() : reject(error)))),
    close: () => {
      gateway.close();
      client.close();
    },
  };
}
