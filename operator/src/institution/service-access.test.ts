import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NetworkSession } from './network-session.ts';
import type { SecretValues } from './secret-store.ts';
import { serviceAccess, type ServiceAccess } from './service-access.ts';

const DAY = 24 * 3600 * 1000;
const START = Date.parse('2026-01-01T00:00:00Z');
const networkId = 'a'.repeat(64);
const did = `did:collab:${'a'.repeat(32)}:bank`;
const session = { networkId, did, token: 'net-a', member: 'bank', signingKey: () => Promise.resolve({ keyId: `${did}#key-1`, publicKey: '04ff' }), nextSigningKey: () => Promise.resolve(undefined) } as unknown as NetworkSession;

/** What a service would get, with credentials that are numbered as they are issued. */
function issuer(): (current: SecretValues | undefined, now: number, open?: boolean, networks?: string[], as?: NetworkSession) => Promise<ServiceAccess> {
  let issued = 0;
  return (current, now, open = true, networks = ['demo'], as = session) =>
    serviceAccess({
      current,
      networks,
      sessions: { get: (name) => (open && name === 'demo' ? as : undefined) },
      nats: { url: 'nats://local', ledgerClientCreds: () => Promise.resolve(`creds-${++issued}`) },
      client: 'data-proxy',
      mount: '/etc/x',
      now,
    });
}

test('credentials stay while they are young, and are renewed when they get old', async () => {
  const access = issuer();
  const first = await access(undefined, START);
  assert.equal(first.files['net-a.creds'], 'creds-1');
  assert.deepEqual(first.networks, [{ networkId, did, nats: { url: 'nats://local', credentials: '/etc/x/net-a.creds' } }]);
  assert.deepEqual(first.issuers, [{ did, keyId: `${did}#key-1`, publicKey: '04ff' }]);
  const second = await access(first.files, START + 29 * DAY);
  assert.deepEqual(second.files, first.files);
  const third = await access(second.files, START + 31 * DAY);
  assert.equal(third.files['net-a.creds'], 'creds-2');
});

test('a network on Fabric comes with the way to the own peer, also while its session is not open', async () => {
  const access = issuer();
  const way = { mspId: 'bank', channel: 'collab-1', chaincode: 'collabnet', peers: ['peer:7051'] };
  const onFabric = (crt: string): NetworkSession => ({ ...session, fabric: { ...way, files: { crt, key: 'key', ca: 'ca' } } }) as unknown as NetworkSession;
  const first = await access(undefined, START, true, ['demo'], onFabric('crt-1'));
  const wanted = { ...way, certificate: '/etc/x/net-a.fabric.crt', privateKey: '/etc/x/net-a.fabric.key', tlsAuthorities: '/etc/x/net-a.fabric.ca' };
  assert.deepEqual(first.networks[0]?.fabric, wanted);
  assert.deepEqual([first.files['net-a.fabric.crt'], first.files['net-a.fabric.key'], first.files['net-a.fabric.ca']], ['crt-1', 'key', 'ca']);
  const closed = await access(first.files, START, false);
  assert.deepEqual([closed.files, closed.networks], [first.files, first.networks]);
  assert.equal((await access(first.files, START, true, ['demo'], onFabric('crt-2'))).files['net-a.fabric.crt'], 'crt-2');
});

test('a restarted operator takes nothing away before its network is open', async () => {
  const access = issuer();
  const first = await access(undefined, START);
  assert.deepEqual((await access(first.files, START + 90 * DAY, false)).files, first.files);
  assert.deepEqual((await access(undefined, START, false)).networks, []);
});

test('a network that is gone, or founded again, gives no access any more', async () => {
  const access = issuer();
  const first = await access(undefined, START);
  assert.deepEqual((await access(first.files, START, true, [])).networks, []);
  const again = { ...session, networkId: 'b'.repeat(64) } as unknown as NetworkSession;
  assert.equal((await access(first.files, START, true, ['demo'], again)).files['net-a.creds'], 'creds-2');
});

test('a spoilt record of bindings is made again', async () => {
  const access = issuer();
  const { files } = await access({ 'networks.json': '{"demo":1}', 'net-a.creds': 'stale' }, START);
  assert.equal(files['net-a.creds'], 'creds-1');
});

test('doors know the key of a rotation before it signs, and that of before for a day', async () => {
  const access = issuer();
  const first = await access(undefined, START);
  const key = (n: number, publicKey: string): object => ({ keyId: `${did}#key-${n}`, publicKey });
  const before = { ...session, nextSigningKey: () => Promise.resolve(key(2, '04ee')) } as unknown as NetworkSession;
  const after = { ...session, signingKey: () => Promise.resolve(key(2, '04ee')) } as unknown as NetworkSession;
  const keysOf = ({ issuers }: ServiceAccess): string[] => issuers.map(({ keyId }) => keyId.split('#')[1] ?? '');
  const prepared = await access(first.files, START, true, ['demo'], before);
  assert.deepEqual(keysOf(prepared), ['key-1', 'key-2']);
  const rotated = await access(prepared.files, START, true, ['demo'], after);
  assert.deepEqual(keysOf(rotated), ['key-2', 'key-1']);
  assert.deepEqual(keysOf(await access(rotated.files, START + DAY - 1, true, ['demo'], after)), ['key-2', 'key-1']);
  assert.deepEqual(keysOf(await access(rotated.files, START + DAY, true, ['demo'], after)), ['key-2']);
});
