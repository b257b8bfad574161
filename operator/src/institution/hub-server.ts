import { createHash } from 'node:crypto';
import { connect, epochSeconds, HubNats, parseCreds, SYSTEM_INBOX, type NatsConnection, type NatsTrust } from '@collabnet/messaging';
import type { KubeClient } from '../runtime/index.ts';
import type { InstitutionAuthority } from './institution-authority.ts';
import { hubServerSettings } from './nats-settings.ts';
import { rollOutRevision } from './nats-server-revision.ts';
import type { SecretStore } from './secret-store.ts';

const TRUST_SECRET = 'nats-hub-trust';
const CONFIG_SECRET = 'nats-hub-config';
const STATEFUL_SET = 'nats-hub';

/** Leaf credentials of one member, as they are sealed to it. */
export interface MemberCredentials {
  control: string;
  data: string;
}

/** The hub that joins the institutions' servers, where this institution hosts it. */
export class HubServer {
  readonly #client: KubeClient;
  readonly #secrets: SecretStore;
  readonly #authority: InstitutionAuthority;
  readonly #namespace: string;
  readonly #hostnames: readonly string[];
  /** Client address inside the cluster, for the embedded ledger. */
  readonly clientUrl: string;
  /** Users whose revocation the running hub has taken from this process. */
  readonly #revoked = new Set<string>();

  constructor(options: { client: KubeClient; secrets: SecretStore; authority: InstitutionAuthority; namespace: string; hostnames: readonly string[]; clientUrl?: string }) {
    this.#client = options.client;
    this.#secrets = options.secrets;
    this.#authority = options.authority;
    this.#namespace = options.namespace;
    this.#hostnames = options.hostnames;
    this.clientUrl = options.clientUrl ?? `tls://nats-hub.${options.namespace}.svc:4222`;
  }

  /** Configures the server with an account for each network. Returns the CA that its certificate chains to. */
  async ensure(nets: readonly string[]): Promise<{ caPem: string }> {
    const before = await this.#load();
    const hub = before.ensureNetworks(nets);
    if (hub.trust !== before.trust) await this.#store(hub);
    const current = await this.#secrets.read(CONFIG_SECRET);
    const certificate = await this.#authority.serverCertificate(current, 'nats-hub', this.#hostnames);
    const settings = hubServerSettings(this.#namespace);
    await this.#secrets.apply(CONFIG_SECRET, { 'nats.conf': hub.serverConfig(settings), ...certificate });
    const revision = createHash('sha256').update(hub.serverConfigRevision(settings)).update(certificate['tls.crt'] ?? '');
    await rollOutRevision(this.#client, STATEFUL_SET, revision.digest('hex').slice(0, 16));
    return { caPem: certificate['ca.crt'] ?? '' };
  }

  /** Pushes accounts that the running hub does not have yet. Rejects while it cannot be reached. */
  async reconcileAccounts(caPem: string): Promise<void> {
    const hub = await this.#load();
    const creds = hub.systemUser({ expires: epochSeconds() + 300 }).creds ?? '';
    const system: NatsConnection = await connect({
      servers: this.clientUrl,
      creds,
      name: 'operator-system',
      inboxPrefix: SYSTEM_INBOX,
      tls: { ca: caPem },
      waitOnFirstConnect: false,
    });
    try {
      await hub.reconcile(system);
    } finally {
      await system.close();
    }
  }

  async memberCredentials(net: string, member: string): Promise<MemberCredentials> {
    const users = (await this.#load()).leafUsers(net, member);
    return { control: users.control.creds ?? '', data: users.data.creds ?? '' };
  }

  /**
   * Voids both leaf users of a member, which also cuts its connections. The revocation is stored before it is pushed, so
   * that a crash in between loses none, and a restarted hub starts with it.
   *
   * @returns whether there was anything left to do
   */
  async revokeMember(net: string, credentials: MemberCredentials, caPem: string): Promise<boolean> {
    const users = [credentials.control, credentials.data].map((creds) => parseCreds(creds).publicKey);
    if (users.every((user) => this.#revoked.has(user))) return false;
    const before = await this.#load();
    const known = before.trust.accounts[net]?.revocations ?? {};
    const hub = users.filter((user) => known[user] === undefined).reduce((each, user) => each.revoke(net, user, epochSeconds()), before);
    if (hub.trust !== before.trust) await this.#store(hub);
    await this.reconcileAccounts(caPem);
    for (const user of users) this.#revoked.add(user);
    return hub.trust !== before.trust;
  }

  async ledgerHostCreds(net: string): Promise<string> {
    return (await this.#load()).ledgerHost(net).creds ?? '';
  }

  /** Credentials good for joining only; `expires` in epoch seconds. */
  async invitationCreds(net: string, invitationId: string, expires: number): Promise<string> {
    return (await this.#load()).invitation(net, invitationId, expires).creds ?? '';
  }

  async #load(): Promise<HubNats> {
    const values = await this.#secrets.ensure(TRUST_SECRET, () => ({ 'trust.json': JSON.stringify(HubNats.create('hub').trust) }));
    return new HubNats(JSON.parse(values['trust.json'] ?? '') as NatsTrust);
  }

  #store(hub: HubNats): Promise<void> {
    return this.#secrets.replace(TRUST_SECRET, { 'trust.json': JSON.stringify(hub.trust) });
  }
}
