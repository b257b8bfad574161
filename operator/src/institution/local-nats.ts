import {
  connect,
  epochSeconds,
  InstitutionNats,
  memberInbox,
  SYSTEM_INBOX,
  type AttemptAddress,
  type Channel,
  type IssuedUser,
  type NatsConnection,
  type NatsTrust,
} from '@collabnet/messaging';
import type { Logger } from '@collabnet/telemetry';
import type { KubeClient } from '../runtime/index.ts';
import { leafFiles, localServerSettings, networkLeaf } from './nats-settings.ts';
import { rollOutRevision } from './nats-server-revision.ts';
import type { SecretStore, SecretValues } from './secret-store.ts';

const TRUST_SECRET = 'nats-trust';
const CONFIG_SECRET = 'nats-config';
const STATEFUL_SET = 'nats';
/** The operator's own users live this long, seconds; each reconnect brings fresh ones. */
const OPERATOR_TTL = 24 * 3600;
/** Users of data proxies and the result store, seconds; their Secrets are renewed long before. */
const LEDGER_CLIENT_TTL = 90 * 24 * 3600;

/** How one network's hub is reached. */
export interface HubAccess {
  net: string;
  url: string;
  caPem: string;
  controlCreds: string;
  dataCreds: string;
}

/**
 * The institution's own NATS server: its keys in Secret `nats-trust`, its configuration in `nats-config`. Revocations
 * are part of the trust, written before they are pushed, so that a crash in between loses none.
 */
export class LocalNats {
  readonly url: string;
  readonly #client: KubeClient;
  readonly #secrets: SecretStore;
  readonly #logger: Logger;
  readonly #namespace: string;
  #system: NatsConnection | undefined;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(options: { client: KubeClient; secrets: SecretStore; logger: Logger; namespace: string; url?: string }) {
    this.#client = options.client;
    this.#secrets = options.secrets;
    this.#logger = options.logger;
    this.#namespace = options.namespace;
    this.url = options.url ?? `nats://nats.${options.namespace}.svc:4222`;
  }

  /** Configures the server for these networks, restarting it only when its own configuration changed. */
  async ensureServer(hubs: readonly HubAccess[]): Promise<void> {
    const nats = await this.#update((current) => current.ensureNetworks(hubs.map((hub) => hub.net)));
    const settings = localServerSettings(this.#namespace, hubs.flatMap((hub) => nats.leafRemotes(networkLeaf(hub.net, hub.url))));
    const files: SecretValues = {};
    for (const hub of hubs) {
      const names = leafFiles(hub.net);
      Object.assign(files, { [names.control]: hub.controlCreds, [names.data]: hub.dataCreds, [names.ca]: hub.caPem });
    }
    // The Secret first: a pod that starts without it waits long between its retries.
    await this.#secrets.apply(CONFIG_SECRET, { 'nats.conf': nats.serverConfig(settings), ...files });
    await rollOutRevision(this.#client, STATEFUL_SET, nats.serverConfigRevision(settings));
  }

  /** Connects as the operator in one account of a network. Rejects when `signal` aborts first. */
  async connect(net: string, self: string, channel: Channel, signal: AbortSignal): Promise<NatsConnection> {
    let creds = '';
    const renew = async (): Promise<string> => {
      const nats = await this.#load();
      creds = nats.operatorUsers(net, self, { expires: epochSeconds() + OPERATOR_TTL })[channel].creds ?? '';
      return creds;
    };
    await renew();
    const timer = setInterval(() => void renew().catch((error: unknown) => this.#logger.warn({ err: error }, 'cannot renew NATS credentials')), (OPERATOR_TTL * 1000) / 3);
    timer.unref();
    const connection = await connect({
      servers: this.url,
      creds: () => creds,
      name: `operator-${channel}`,
      inboxPrefix: memberInbox(net, self),
      logger: this.#logger,
      signal,
    });
    void connection.closed().then(() => clearInterval(timer));
    return connection;
  }

  /** Credentials with which a service of this institution reads the ledger; its inbox is memberInbox(net, self, name). */
  async ledgerClientCreds(net: string, self: string, name: string): Promise<string> {
    const nats = await this.#load();
    return nats.ledgerClient(net, self, name, { expires: epochSeconds() + LEDGER_CLIENT_TTL }).creds ?? '';
  }

  /** A user for one attempt; `expires` in epoch seconds. */
  async courierUser(address: AttemptAddress, self: string, peers: readonly string[], expires: number): Promise<IssuedUser> {
    return (await this.#load()).courier(address, self, peers, expires);
  }

  /** Voids a courier's user now: stored first, then pushed, which also disconnects it. */
  async revokeCourier(net: string, publicKey: string): Promise<void> {
    const nats = await this.#update((current) => current.revoke(net, 'data', publicKey, epochSeconds()));
    await nats.reconcile(await this.#systemConnection(nats));
  }

  /** Brings the running server to the stored trust: accounts and revocations a crash may have left unpushed. */
  async reconcileAccounts(): Promise<void> {
    const nats = await this.#load();
    await nats.reconcile(await this.#systemConnection(nats));
  }

  async #systemConnection(nats: InstitutionNats): Promise<NatsConnection> {
    if (this.#system === undefined || this.#system.isClosed()) {
      const creds = nats.systemUser({ expires: epochSeconds() + OPERATOR_TTL }).creds ?? '';
      this.#system = await connect({ servers: this.url, creds, name: 'operator-system', inboxPrefix: SYSTEM_INBOX, waitOnFirstConnect: false });
      // Its credentials end; the next use opens another with fresh ones.
      setTimeout(() => void this.#system?.close(), (OPERATOR_TTL * 1000) / 2).unref();
    }
    return this.#system;
  }

  async #load(): Promise<InstitutionNats> {
    const values = await this.#secrets.ensure(TRUST_SECRET, () => ({ 'trust.json': JSON.stringify(InstitutionNats.create('institution').trust) }));
    return new InstitutionNats(JSON.parse(values['trust.json'] ?? '') as NatsTrust);
  }

  // One writer at a time: two tasks that end together must both find their revocation in the Secret.
  #update(change: (current: InstitutionNats) => InstitutionNats): Promise<InstitutionNats> {
    const next = this.#writing.catch(() => undefined).then(async () => {
      const current = await this.#load();
      const changed = change(current);
      if (changed.trust !== current.trust) await this.#secrets.replace(TRUST_SECRET, { 'trust.json': JSON.stringify(changed.trust) });
      return changed;
    });
    this.#writing = next;
    return next;
  }

  async close(): Promise<void> {
    await this.#system?.close();
  }
}
