import { collabnet } from './cluster.ts';

/** A block as `kubectl collabnet ledger blocks` shows it, as far as is read here. */
export interface LedgerBlock<Transaction = { readonly payload: { readonly contract: string; readonly method: string; readonly public: Record<string, unknown> } }> {
  readonly height: number;
  /** Epoch ms. */
  readonly time: number;
  readonly transactions: readonly { readonly digest: string; readonly tx: Transaction }[];
}

/** All blocks that the operator of a namespace has verified, on either driver. */
export async function ledgerBlocks<Transaction>(namespace: string): Promise<LedgerBlock<Transaction>[]> {
  const { stdout } = await collabnet(namespace, ['ledger', 'blocks', '--from', '0', '-o', 'json']);
  return JSON.parse(stdout) as LedgerBlock<Transaction>[];
}
