import { ledgerBlocks } from '@collabnet/hack';
import { BANK_A, BANK_B, SUPERVISOR } from '../fixture/institutions.ts';
import { list } from './objects.ts';
import { until } from './until.ts';

/** Waits until neither bank has a pod or Secret of any attempt of the flow. */
export async function nothingLeft(flowId: string, namespaces: readonly string[] = [BANK_A.namespace, BANK_B.namespace]): Promise<void> {
  let left: string[] = [];
  await until(
    async () => {
      const found = await Promise.all(namespaces.map(async (namespace) => (await list<{ kind: string; metadata: { name: string } }>(namespace, 'pods,secrets', `collabnet.dev/task=${flowId.slice(0, 32)}`)).map(({ kind, metadata }) => `${namespace}/${kind}/${metadata.name}`)));
      left = found.flat();
      return left.length === 0;
    },
    90_000,
    () => `attempts of flow ${flowId} were to leave nothing behind, but there are ${left.join(', ')}`,
  );
}

interface Transaction {
  payload: { contract: string; method: string; public: Record<string, unknown> };
}

/** Transactions of one method about a flow, out of what the supervisor has verified. */
export async function recorded(contract: string, method: string, flowId: string): Promise<Record<string, unknown>[]> {
  const blocks = await ledgerBlocks<Transaction>(SUPERVISOR.namespace);
  return blocks
    .flatMap(({ transactions }) => transactions.map(({ tx }) => tx.payload))
    .filter((payload) => payload.contract === contract && payload.method === method && payload.public['flowId'] === flowId)
    .map((payload) => payload.public);
}

/** How often each flow was proposed, by flow id. */
export async function proposals(): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const { transactions } of await ledgerBlocks<Transaction>(SUPERVISOR.namespace)) {
    for (const { contract, method, public: { flowId } } of transactions.map(({ tx }) => tx.payload)) {
      if (contract === 'flows' && method === 'propose') counts.set(String(flowId), (counts.get(String(flowId)) ?? 0) + 1);
    }
  }
  return counts;
}

/** `step by party` of each receipt of the flow on the ledger, sorted. */
export async function receiptsOf(flowId: string): Promise<string[]> {
  const receipts = await recorded('receipts', 'submit', flowId);
  return receipts.map(({ step, party }) => `${String(step)} by ${String(party)}`).sort();
}
