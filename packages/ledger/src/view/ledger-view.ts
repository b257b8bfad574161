import { CONTRACTS_VERSION, type RightsTable } from '@collabnet/contracts';
import type { RegisteredDid } from '@collabnet/did';
import { LedgerError } from '../errors.ts';
import type { BlockView, TransactionView } from '../inspect/block-view.ts';
import type { BlockDetail, ContractsView, SignerView, TransactionDetail, ViewedLedger } from './views.ts';

/** Blocks may be large, and the process that shows them has other work. */
const BLOCKS_AT_ONCE = 20;

/** What an institution's people may see of one ledger: what its replica has verified. */
export class LedgerView {
  readonly #ledger: ViewedLedger;

  constructor(ledger: ViewedLedger) {
    this.#ledger = ledger;
  }

  /** Blocks from `from` to `to`, or the `last` ones; read as they are taken. @throws LedgerError INVALID_ARGUMENT, NOT_FOUND */
  blocks({ from, to, last }: { from?: number | undefined; to?: number | undefined; last?: number | undefined }): Iterable<BlockView> {
    const newest = this.#newest();
    const begin = last === undefined ? (from ?? 0) : Math.max(0, newest - last + 1);
    const end = Math.min(to ?? newest, newest);
    if (begin > newest) throw new LedgerError('NOT_FOUND', `height ${begin}: there is no such block; the newest one verified is ${newest}`);
    if (end < begin) throw new LedgerError('INVALID_ARGUMENT', `to: ${end} lies before from, ${begin}`, { field: 'to' });
    return this.#read(begin, end);
  }

  /** @throws LedgerError NOT_FOUND */
  block(height: number): BlockDetail {
    const inspection = this.#ledger.inspection();
    const [block] = inspection.blocks(height, 1);
    if (block?.height !== height) throw new LedgerError('NOT_FOUND', `height ${height}: there is no such block; the newest one verified is ${this.#newest()}`);
    return { ...block, events: inspection.eventsAt(height) };
  }

  /** @throws LedgerError NOT_FOUND */
  async transaction(digest: string): Promise<TransactionDetail> {
    const height = this.#ledger.inspection().heightOf(digest);
    if (height === undefined) throw new LedgerError('NOT_FOUND', `transaction ${digest} is on no block up to height ${this.#newest()}`);
    const { transactions, events, ...block } = this.block(height);
    const found = transactions.find((each) => each.digest === digest);
    if (found === undefined) throw new LedgerError('NOT_FOUND', `transaction ${digest} is not in block ${height}`);
    return { ...found, block, signer: await this.#signerOf(found.tx.payload), events: events.filter(({ transaction }) => transaction === digest) };
  }

  async contracts(): Promise<ContractsView> {
    const foundedWith = this.#ledger.inspection().blocks(0, 1)[0]?.genesis?.payload.contractsVersion;
    const inForce = this.#ledger.contracts;
    return {
      version: CONTRACTS_VERSION,
      ...(inForce !== undefined && { inForce }),
      ...(foundedWith !== undefined && { foundedWith }),
      rights: await this.#ledger.evaluate<RightsTable>('governance', 'rights', {}),
    };
  }

  /** Lines of an export; both ends default to those of the chain. */
  exportLines(from: number | undefined, to: number | undefined): AsyncIterable<string> {
    return this.#ledger.inspection().exportLines(from ?? 0, to ?? this.#newest());
  }

  *#read(begin: number, end: number): Generator<BlockView> {
    for (let next = begin; next <= end; ) {
      const blocks = this.#ledger.inspection().blocks(next, BLOCKS_AT_ONCE).filter(({ height }) => height <= end);
      yield* blocks;
      next = (blocks.at(-1)?.height ?? end) + 1;
    }
  }

  #newest(): number {
    const height = this.#ledger.inspection().height();
    if (height === undefined) throw new LedgerError('STALE', 'no block of this ledger has been verified yet; look at kubectl describe collabnetwork');
    return height;
  }

  async #signerOf({ principal, keyId, delegations }: TransactionView['tx']['payload']): Promise<SignerView> {
    const record = await this.#registered(principal.id);
    const institution = record?.controller ?? (principal.type === 'institution' ? undefined : delegations[0]?.delegator.id);
    const name = institution === undefined ? undefined : (await this.#registered(institution))?.displayName;
    return {
      id: principal.id,
      type: principal.type,
      ...(record !== undefined && { displayName: record.displayName }),
      ...(institution !== undefined && { institution: { did: institution, ...(name !== undefined && { displayName: name }) } }),
      keyId,
      delegatedBy: delegations.map(({ delegator, actions }) => ({ ...delegator, actions })),
    };
  }

  /** Undefined for a workload, which has no DID, for a candidate that was not admitted, and where the view has diverged. */
  async #registered(did: string): Promise<RegisteredDid | undefined> {
    try {
      return await this.#ledger.evaluate<RegisteredDid>('identity', 'resolve', { did });
    } catch (error) {
      if (error instanceof LedgerError) return undefined;
      throw error;
    }
  }
}
