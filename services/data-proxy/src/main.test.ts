import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createCa, issueServerCertificate } from '@collabnet/capability/authority';

let folder: string;
let child: ChildProcess | undefined;
const config = async (change: object = {}): Promise<Record<string, string>> => {
  const path = join(folder, 'config.json');
  const file = (name: string): string => join(folder, name);
  await writeFile(path, JSON.stringify({ root: file('data'), stateDirectory: file('state'), tls: { cert: file('tls.crt'), key: file('tls.key'), ca: file('ca.crt') }, issuers: [], networks: [], assets: [], ...change }));
  return { ...(process.env as Record<string, string>), DATA_PROXY_CONFIG: path };
};
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'main-'));
  await mkdir(join(folder, 'data'));
  const ca = await createCa({ commonName: 'CA', days: 1 });
  const server = await issueServerCertificate({ ca, dnsNames: ['localhost'], ttl: 600 });
  for (const [name, text] of [['tls.crt', server.certificatePem], ['tls.key', server.privateKeyPem], ['ca.crt', ca.certificatePem]] as const) await writeFile(join(folder, name), text);
});
after(async () => {
  child?.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

const main = new URL('./main.js', import.meta.url).pathname;
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('the process becomes ready while its network cannot be reached, and ends at SIGTERM with 0', async () => {
  const port = await freePort();
  const network = { networkId: 'ab'.repeat(32), did: `did:collab:${'ab'.repeat(16)}:bank-b`, nats: { url: 'nats://127.0.0.1:1', credentials: join(folder, 'none.creds') } };
  child = spawn(process.execPath, [main], { env: await config({ listen: { port: 0, host: '127.0.0.1' }, health: { port, host: '127.0.0.1' }, networks: [network] }), stdio: 'ignore' });
  const exited = new Promise<number | null>((resolve) => child?.once('exit', resolve));
  const ready = async (): Promise<boolean> => (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.ok === true;
  for (let i = 0; i < 200 && !(await ready()); i += 1) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(await ready());
  assert.match(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text(), /collabnet_data_proxy_open_reads 0/);
  child.kill('SIGTERM');
  assert.equal(await exited, 0);
});

test('a wrong configuration ends the process with the code for it', async () => {
  const failing = spawn(process.execPath, [main], { env: await config({ assets: 'none' }), stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  failing.stdout.on('data', (text: Buffer) => (output += text.toString()));
  assert.equal(await new Promise((resolve) => failing.once('exit', resolve)), 78);
  assert.match(output, /assets/);
});
