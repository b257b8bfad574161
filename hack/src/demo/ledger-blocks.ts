import { collabnet } from './cluster.ts';

/** A block as `kubectl collabnet ledger blocks` shows it, as far as is read here. */
export interface LedgerBlock<Transaction = { readonly payload: { readonly contract: string; readonly method: string; readonly public: Record<string, unknown> } }> {
  readonly height: number;
  /** Epoch ms. */
  readonly time: number;
  readonly transactions: readonly { readonly digest: string; readonly tx: Transaction }[];
}

/** As many as the operator shows at once. */
const AT_ONCE = 1_000;
const NOT_FOUND = 3;

/** All blocks that the operator of a namespace has verified, on either driver. */
export async function ledgerBlocks<Transaction>(namespace: string): Promise<LedgerBlock<Transaction>[]> {
  const blocks: LedgerBlock<Transaction>[] = [];
  for (let from = 0; ; from += AT_ONCE) {
    const args = ['ledger', 'blocks', '--from', String(from), '--to', String(from + AT_ONCE - 1), '-o', 'json'];
    const { code, stdout } = await collabnet(namespace, args, { allowFailure: from > 0 });
    if (code === NOT_FOUND) return blocks;
    const page = JSON.parse(stdout) as LedgerBlock<Transaction>[];
    blocks.push(...page);
    if (page.length < AT_ONCE) return blocks;
  }
}
