import type { SignedTransaction } from '@collabnet/envelope';
import { kubectl, ledgerBlocks, list } from '@collabnet/hack';
import type { Consortium } from '../fixture/consortium.ts';
import { BANK_A, SUPERVISOR } from '../fixture/institutions.ts';

/** Submits transactions as they are, over the institution's own NATS server, as whoever has broken into it could. */
const SCRIPT = `
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

/** What the ledger's host answers. */
export interface Answer {
  readonly ok: boolean;
  readonly error?: { readonly code: string; readonly message: string };
}

async function secretOf(key: string): Promise<string> {
  const secrets = await list<{ metadata: { name: string }; data?: Record<string, string> }>(BANK_A.namespace, 'secrets');
  const value = secrets.find(({ data }) => data?.[key] !== undefined)?.data?.[key];
  if (value === undefined) throw new Error(`no Secret of ${BANK_A.namespace} has ${key}`);
  return Buffer.from(value, 'base64').toString('utf8').trim();
}

/** Signing key of bank A's institution, hex. */
export function institutionKey(): Promise<string> {
  return secretOf('sign.key');
}

export async function submitAsBankA(consortium: Consortium, transactions: readonly SignedTransaction[]): Promise<Answer[]> {
  const input = { trust: await secretOf('trust.json'), networkId: consortium.networkId, did: consortium.bankA, url: `nats://nats.${BANK_A.namespace}.svc:4222`, transactions };
  const { stdout } = await kubectl(BANK_A.namespace, ['exec', '-i', 'deploy/operator', '--', '/usr/local/bin/node', '--input-type=module', '-e', SCRIPT], { input: JSON.stringify(input) });
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
