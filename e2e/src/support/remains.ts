import { canonicalJson } from '@collabnet/envelope';
import { ledgerBlocks, list, type LedgerBlock } from '@collabnet/hack';
import { taskPods } from './faults.ts';
import { BANK_A, BANK_B, SUPERVISOR } from '../fixture/institutions.ts';
import { until } from './until.ts';

/** Waits until neither bank has a pod or Secret of any attempt of the flow. */
export async function nothingLeft(flowId: string, namespaces: readonly string[] = [BANK_A.namespace, BANK_B.namespace]): Promise<void> {
  let left: string[] = [];
  await until(
    async () => {
      const found = await Promise.all(namespaces.map(async (namespace) => (await list<{ kind: string; metadata: { name: string } }>(namespace, 'pods,secrets', taskPods(flowId))).map(({ kind, metadata }) => `${namespace}/${kind}/${metadata.name}`)));
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

/** What the ledger has about one flow. */
export interface FlowHistory {
  /** Transactions of one method, in order. */
  recorded(contract: string, method: string): Record<string, unknown>[];
  /** `step by party` of each receipt, sorted. One that was sent again because its answer was lost is the same; with another content it is another. */
  receipts(): string[];
}

/** The command reaches an operator through API server and kubelet, which may just have been started again; a person would repeat it. */
function blocksOnceServed(): Promise<LedgerBlock<Transaction>[]> {
  let refusal = '';
  return until(
    () =>
      ledgerBlocks<Transaction>(BANK_A.namespace).catch((error: unknown) => {
        refusal = (error as Error).message;
        return undefined;
      }),
    60_000,
    () => `the ledger was to be shown: ${refusal}`,
  );
}

/** All transactions about a flow, out of what bank A has verified: who shows the end of its task has seen what led there. */
export async function historyOf(flowId: string): Promise<FlowHistory> {
  const payloads = (await blocksOnceServed()).flatMap(({ transactions }) => transactions.map(({ tx }) => tx.payload)).filter((payload) => payload.public['flowId'] === flowId);
  const recorded = (contract: string, method: string): Record<string, unknown>[] => payloads.filter((payload) => payload.contract === contract && payload.method === method).map((payload) => payload.public);
  const receipts = (): string[] => {
    const different = new Map(recorded('receipts', 'submit').map((receipt) => [canonicalJson(receipt), `${String(receipt['step'])} by ${String(receipt['party'])}`]));
    return [...different.values()].sort();
  };
  return { recorded, receipts };
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
  return (await historyOf(flowId)).receipts();
}
