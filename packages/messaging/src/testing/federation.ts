import { connect, type NatsConnection } from '../connect.ts';
import { HubNats } from '../hub-nats.ts';
import { InstitutionNats } from '../institution-nats.ts';
import { attemptInbox, memberInbox, type AttemptAddress } from '../subjects.ts';
import { SYSTEM_INBOX } from '../system-account.ts';
import { epochSeconds } from '../trust.ts';
import { eventually, freePort, NatsProcess } from './nats-process.ts';

export const NET = '0123456789abcdef';
export const OTHER_NET = 'fedcba9876543210';
export const A = 'aaaaaaaaaaaaaaaa';
export const B = 'bbbbbbbbbbbbbbbb';

/** One institution of the test: its server, its trust, the port its clients use. */
export interface Institution {
  nats: InstitutionNats;
  readonly token: string;
  readonly process: NatsProcess;
  readonly url: string;
}

export interface FederationOptions {
  /** Changes the URL of one leaf, to put a proxy before the hub. */
  readonly leafUrl?: (member: string, channel: 'control' | 'data', url: string) => string;
}

/** Hub and two institutions, each its own NATS operator, on loopback. */
export class Federation {
  hub: HubNats;
  readonly hubProcess: NatsProcess;
  readonly hubUrl: string;
  readonly hubLeafPort: number;
  readonly a: Institution;
  readonly b: Institution;
  readonly #connections: NatsConnection[] = [];

  private constructor(
    hub: HubNats,
    hubProcess: NatsProcess,
    hubUrl: string,
    hubLeafPort: number,
    a: Institution,
    b: Institution,
  ) {
    [this.hub, this.hubProcess, this.hubUrl, this.hubLeafPort, this.a, this.b] = [
      hub,
      hubProcess,
      hubUrl,
      hubLeafPort,
      a,
      b,
    ];
  }

  static async start(options: FederationOptions = {}): Promise<Federation> {
    const hub = HubNats.create('hub').ensureNetworks([NET, OTHER_NET]);
    const hubProcess = await NatsProcess.prepare();
    const [port, leafPort] = [await freePort(), await freePort()];
    await hubProcess.start(
      hub.serverConfig({
        serverName: 'hub',
        resolverDir: hubProcess.path('jwt'),
        listen: { host: '127.0.0.1', port },
        leafListen: { host: '127.0.0.1', port: leafPort },
      }),
    );
    const leafUrl = `nats-leaf://127.0.0.1:${leafPort}`;
    const a = await startInstitution(hub, A, leafUrl, options);
    const b = await startInstitution(hub, B, leafUrl, options);
    const federation = new Federation(hub, hubProcess, `nats://127.0.0.1:${port}`, leafPort, a, b);
    await federation.leavesUp();
    return federation;
  }

  /** Waits until both leaf connections of both institutions stand, as seen by the hub. */
  async leavesUp(): Promise<void> {
    const up = (): number => this.hubProcess.output.match(/Leafnode connection created/g)?.length ?? 0;
    const down = (): number => this.hubProcess.output.match(/Leafnode connection closed/g)?.length ?? 0;
    await eventually(() => up() - down() >= 4, 15_000);
  }

  async connect(url: string, creds: string | undefined, inboxPrefix: string, name = 'test'): Promise<NatsConnection> {
    const connection = await connect({
      servers: url,
      creds: creds ?? '',
      name,
      inboxPrefix,
      waitOnFirstConnect: false,
      stopWhenRefused: true,
    });
    this.#connections.push(connection);
    return connection;
  }

  operator(of: Institution, channel: 'control' | 'data', net = NET): Promise<NatsConnection> {
    return this.connect(of.url, of.nats.operatorUsers(net, of.token)[channel].creds, memberInbox(net, of.token));
  }

  courier(of: Institution, peers: string[], address: AttemptAddress): Promise<NatsConnection> {
    const user = of.nats.courier(address, of.token, peers, epochSeconds() + 600);
    return this.connect(of.url, user.creds, attemptInbox(address));
  }

  system(url: string, authority: InstitutionNats | HubNats): Promise<NatsConnection> {
    return this.connect(url, authority.systemUser().creds, SYSTEM_INBOX);
  }

  async stop(): Promise<void> {
    await Promise.allSettled(this.#connections.map((connection) => connection.close()));
    await Promise.all([this.hubProcess, this.a.process, this.b.process].map((process) => process.dispose()));
  }
}

async function startInstitution(
  hub: HubNats,
  token: string,
  leafUrl: string,
  options: FederationOptions,
): Promise<Institution> {
  const process = await NatsProcess.prepare();
  const nats = InstitutionNats.create(`institution-${token}`).ensureNetworks([NET, OTHER_NET]);
  const leaf = hub.leafUsers(NET, token);
  const [controlCredentialsFile, dataCredentialsFile] = [
    await process.write('control.creds', leaf.control.creds ?? ''),
    await process.write('data.creds', leaf.data.creds ?? ''),
  ];
  const [control, data] = nats.leafRemotes({ net: NET, url: leafUrl, controlCredentialsFile, dataCredentialsFile });
  if (!control || !data) throw new Error('two leaf remotes are expected');
  const route = options.leafUrl ?? ((_member, _channel, url) => url);
  const port = await freePort();
  await process.start(
    nats.serverConfig({
      serverName: `institution-${token}`,
      resolverDir: process.path('jwt'),
      listen: { host: '127.0.0.1', port },
      leafRemotes: [
        { ...control, url: route(token, 'control', leafUrl) },
        { ...data, url: route(token, 'data', leafUrl) },
      ],
    }),
  );
  return { nats, token, process, url: `nats://127.0.0.1:${port}` };
}
