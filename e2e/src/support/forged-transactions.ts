import type { SignedTransaction } from '@collabnet/envelope';
import { kubectl, ledgerBlocks, ledgerDriver, list } from '@collabnet/hack';
import type { Consortium } from '../fixture/consortium.ts';
import { BANK_A, SUPERVISOR } from '../fixture/institutions.ts';

/** Submits transactions as they are, over the institution's own NATS server, as whoever has broken into it could. */
const OVER_NATS = `
import { connect, epochSeconds, InstitutionNats, ledgerSubject, memberInbox, memberToken, networkToken } from '/app/packages/messaging/dist/index.js';
import { text } from 'node:stream/consumers';
const { trust, networkId, did, url, transactions } = JSON.parse(await text(process.stdin));
const [net, self] = [networkToken(networkId), memberToken(did)];
const { creds } = new InstitutionNats(JSON.parse(trust)).operatorUsers(net, self, { expires: epochSeconds() + 300 }).control;
const connection = await connect({ servers: url, creds: () => creds, name: 'intruder', inboxPrefix: memberInbox(net, self), waitOnFirstConnect: false });
const answers = [];
for (const transaction of transactions) answers.push(await connection.request(ledgerSubject(net, self, 'submit'), JSON.stringify(transaction), { timeout: 20000 }).then((reply) => reply.json()));
process.stdout.write(JSON.stringify(answers));
process.exit(0);
`;

/** The same on Fabric, over the institution's own peer: what the endorsers say, without looking at the replica before. */
const OVER_PEER = `
import { proposeOnly } from '/app/packages/ledger-fabric/dist/index.js';
import { text } from 'node:stream/consumers';
const { client, networkId, height, transactions } = JSON.parse(await text(process.stdin));
const { mspId, channel, peers } = JSON.parse(client['connection.json']);
const identity = () => ({ mspId, certificate: client['identity.crt'], privateKey: client['identity.key'], tlsAuthorities: client['ca.crt'] });
const options = { networkId, channel, identity, endpoints: () => peers.map((address) => ({ address })) };
const answers = [];
for (const transaction of transactions) answers.push(await proposeOnly(options, transaction, height).then(() => ({ ok: true }), ({ code, message }) => ({ ok: false, error: { code, message } })));
process.stdout.write(JSON.stringify(answers));
process.exit(0);
`;

/** What the ledger's host answers, or the endorsers. */
export interface Answer {
  readonly ok: boolean;
  readonly error?: { readonly code: string; readonly message: string };
}

/** The Secret of bank A that has this entry, as text. */
async function secretWith(key: string): Promise<Record<string, string>> {
  const secrets = await list<{ metadata: { name: string }; data?: Record<string, string> }>(BANK_A.namespace, 'secrets');
  const data = secrets.find((secret) => secret.data?.[key] !== undefined)?.data;
  if (data === undefined) throw new Error(`no Secret of ${BANK_A.namespace} has ${key}`);
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, Buffer.from(value, 'base64').toString('utf8')]));
}

/** Signing key of bank A's institution, hex. */
export async function institutionKey(): Promise<string> {
  return (await secretWith('sign.key'))['sign.key']?.trim() ?? '';
}

export async function submitAsBankA(consortium: Consortium, transactions: readonly SignedTransaction[]): Promise<Answer[]> {
  const { networkId, bankA: did } = consortium;
  const [script, way] = ledgerDriver() === 'fabric' ? [OVER_PEER, { client: await secretWith('connection.json'), height: (await ledgerBlocks(BANK_A.namespace)).length }] : [OVER_NATS, { trust: (await secretWith('trust.json'))['trust.json']?.trim(), did, url: `nats://nats.${BANK_A.namespace}.svc:4222` }];
  const { stdout } = await kubectl(BANK_A.namespace, ['exec', '-i', 'deploy/operator', '--', '/usr/local/bin/node', '--input-type=module', '-e', script], { input: JSON.stringify({ ...way, networkId, transactions }) });
  return JSON.parse(stdout) as Answer[];
}

/** The transaction by which a flow was proposed. */
export async function proposalOf(flowId: string): Promise<SignedTransaction> {
  const blocks = await ledgerBlocks<SignedTransaction>(SUPERVISOR.namespace);
  const transactions = blocks.flatMap((block) => block.transactions.map(({ tx }) => tx));
  const found = transactions.find(({ payload }) => payload.method === 'propose' && payload.public['flowId'] === flowId);
  if (found === undefined) throw new Error(`flow ${flowId} is not on the ledger`);
  return found;
}
