import { SUPERVISOR } from '../demo/institutions.ts';
import { ledgerBlocks } from '../demo/ledger-blocks.ts';
import { HackError } from '../lib/hack-error.ts';

/** The part of a courier's receipt that the bench reads: seconds and bytes. */
export interface MeasuredReceipt {
  readonly party: string;
  readonly step: string;
  readonly phases: { readonly prepare: number; readonly align: number; readonly compute: number; readonly clean: number };
  /** By DID of each peer: octets of the engine that went through the tunnel. */
  readonly transcripts: Readonly<Record<string, { readonly sentBytes: number; readonly receivedBytes: number }>>;
  readonly peakMemory: { readonly engine: number; readonly courier: number };
}

/** Block times of a flow, ms. */
export interface FlowTimes {
  /** The last approval. */
  readonly approved: number;
  /** The last party has its input frozen and its pod waiting. */
  readonly reserved: number;
  readonly started: number;
  /** First report that an engine's byte was exchanged. */
  readonly touched: number;
}

export interface Block {
  readonly header: { readonly time: number };
  readonly transactions: readonly { readonly payload: { readonly contract: string; readonly method: string; readonly public: Record<string, unknown> } }[];
}

/** The whole chain, as the supervisor has verified it. */
export async function exportChain(): Promise<Block[]> {
  const blocks = await ledgerBlocks<Block['transactions'][number]>(SUPERVISOR.namespace);
  return blocks.map(({ time, transactions }) => ({ header: { time }, transactions: transactions.map(({ tx }) => tx) }));
}

/** @throws HackError NOT_READY when the flow has not come so far */
export function timesOf(chain: readonly Block[], flowId: string): FlowTimes {
  const at = (method: string): number[] => entries(chain, 'flows', method, flowId).map(({ time }) => time);
  const one = (method: string, choose: (...times: number[]) => number): number => {
    const times = at(method);
    if (times.length === 0) throw new HackError('NOT_READY', `the ledger has no flows.${method} of flow ${flowId}`);
    return choose(...times);
  };
  return { approved: one('approve', Math.max), reserved: one('reserve', Math.max), started: one('start', Math.min), touched: one('touch', Math.min) };
}

/** Receipts of all parties of a flow. */
export function receiptsOf(chain: readonly Block[], flowId: string): MeasuredReceipt[] {
  return entries(chain, 'receipts', 'submit', flowId).map(({ args }) => args['receipt'] as MeasuredReceipt);
}

function entries(chain: readonly Block[], contract: string, method: string, flowId: string): { time: number; args: Record<string, unknown> }[] {
  return chain.flatMap(({ header, transactions }) =>
    transactions
      .filter(({ payload }) => payload.contract === contract && payload.method === method && flowOf(payload.public) === flowId)
      .map(({ payload }) => ({ time: header.time, args: payload.public })),
  );
}

/** An approval names its flow as the subject that was signed. */
function flowOf(args: Record<string, unknown>): unknown {
  return args['flowId'] ?? (args['subject'] as { id?: unknown } | undefined)?.id;
}
