import { canonicalJson } from '@collabnet/envelope';
import { sm2Verify } from '@collabnet/sm';
import { blockHash, blockSchema, blockSignatureHolds, networkIdOf, transactionsRoot, type Block } from '../block.ts';
import { LedgerError } from '../errors.ts';
import { Replica } from '../replica.ts';
import { SqliteState } from '../sqlite-state.ts';
import type { Check, ExportVerifier } from './export-report.ts';
import type { ExportHeader } from './export-file.ts';

/** The verifier for an export of the embedded ledger: replays from block 0, checks hashes and signatures from later on. */
export function embeddedVerifier(header: ExportHeader | undefined, networkId: string | undefined): ExportVerifier {
  return (header?.numbers.from ?? 0) === 0 ? new WholeVerifier(networkId ?? header?.network) : new RangeVerifier(header as ExportHeader);
}

function numberOf(value: unknown): number | undefined {
  const height = (value as { header?: { height?: unknown } } | null)?.header?.height;
  return Number.isSafeInteger(height) ? (height as number) : undefined;
}

const HOLDS = {
  links: 'each block names the hash of the block before it',
  contents: 'the transactions of each block are those that its header names',
  blockSignatures: 'each block is signed by the key that the genesis names for its host',
} as const;

class WholeVerifier implements ExportVerifier {
  readonly #state = new SqliteState(':memory:');
  readonly #wanted: string | undefined;
  #replica: Replica | undefined;
  #transactions = 0;
  readonly numberOf = numberOf;

  constructor(wanted: string | undefined) {
    this.#wanted = wanted;
  }

  add(value: unknown): void {
    const block = value as Block;
    this.#replica ??= new Replica(this.#wanted ?? idOf(block), this.#state);
    this.#replica.apply(block);
    this.#transactions += block.transactions.length;
  }

  report(): ReturnType<ExportVerifier['report']> {
    const head = this.#replica?.head();
    if (this.#replica === undefined || head === undefined) throw new LedgerError('BLOCK_INVALID', 'the export holds no block; export it again');
    const { height, hash, stateRoot, time } = head;
    const checks: Check[] = [
      { name: 'links', verified: true, detail: `${HOLDS.links}, the first is the genesis` },
      { name: 'contents', verified: true, detail: HOLDS.contents },
      { name: 'blockSignatures', verified: true, detail: HOLDS.blockSignatures },
      { name: 'transactionSignatures', verified: true, detail: 'each transaction is signed (SM2) with a key that held at its height' },
      { name: 'rules', verified: true, detail: 'each transaction was run again and is one that the contracts allow' },
      { name: 'stateRoot', verified: true, detail: `the state after each block hashes to what its header says, at the end to ${stateRoot}` },
    ];
    return { driver: 'embedded', networkId: this.#replica.networkId, to: height, transactions: this.#transactions, hash, head: { height, stateRoot, time }, checks };
  }

  close(): void {
    this.#state.close();
  }
}

class RangeVerifier implements ExportVerifier {
  readonly #networkId: string;
  readonly #signingKey: string;
  readonly #first: number;
  #last: { height: number; hash: string; time: number } | undefined;
  #transactions = 0;
  readonly numberOf = numberOf;

  constructor(header: ExportHeader) {
    this.#networkId = header.network;
    this.#first = header.numbers.from;
    this.#signingKey = signingKeyOf(header);
  }

  add(value: unknown): void {
    const height = numberOf(value) ?? this.#first;
    const parsed = blockSchema.safeParse(value);
    if (!parsed.success) throw invalid(height, `malformed: ${parsed.error.issues[0]?.message ?? 'unknown'} at ${parsed.error.issues[0]?.path.join('.') ?? ''}`);
    const block = parsed.data;
    const { header } = block;
    if (header.network !== this.#networkId) throw invalid(height, `it belongs to network ${header.network}`);
    if (this.#last !== undefined && header.previous !== this.#last.hash) throw invalid(height, 'it does not continue the block before it');
    if (header.time < (this.#last?.time ?? 0)) throw invalid(height, 'its time lies before the block before it');
    if (header.transactionsRoot !== transactionsRoot(block.transactions)) throw invalid(height, 'the transactions root does not match its transactions');
    if (!blockSignatureHolds(block, this.#signingKey)) throw invalid(height, 'the signature was not made by the block-signing key of the genesis');
    this.#last = { height, hash: blockHash(header), time: header.time };
    this.#transactions += block.transactions.length;
  }

  report(): ReturnType<ExportVerifier['report']> {
    if (this.#last === undefined) throw new LedgerError('BLOCK_INVALID', 'the export holds no block; export it again');
    const before = this.#first - 1;
    const later = `the state at block ${before} is not known here; verify this file together with the one of blocks 0 to ${before}`;
    const checks: Check[] = [
      { name: 'links', verified: true, detail: `${HOLDS.links}, except the first: what block ${before} is was not verified` },
      { name: 'contents', verified: true, detail: HOLDS.contents },
      { name: 'blockSignatures', verified: true, detail: `${HOLDS.blockSignatures}, and the genesis hashes to the id of the network` },
      { name: 'transactionSignatures', verified: false, detail: `the keys of those who signed lie on the ledger: ${later}` },
      { name: 'rules', verified: false, detail: later },
      { name: 'stateRoot', verified: false, detail: later },
    ];
    return { driver: 'embedded', networkId: this.#networkId, to: this.#last.height, transactions: this.#transactions, hash: this.#last.hash, checks };
  }

  close(): void {
    // Keeps nothing.
  }
}

function signingKeyOf({ genesis, network }: ExportHeader): string {
  if (genesis === undefined) throw new LedgerError('BLOCK_INVALID', 'the header of the export names no genesis, which blocks after the first are checked against; export it again');
  const { payload, signature } = genesis;
  if (networkIdOf(payload) !== network) throw new LedgerError('BLOCK_INVALID', `the genesis in the header hashes to ${networkIdOf(payload)}, not to network ${network}`);
  if (!sm2Verify(canonicalJson(payload), signature, payload.founder.signKey)) throw new LedgerError('BLOCK_INVALID', "the founder's signature over the genesis in the header does not hold");
  return payload.ledger.blockSigningKey;
}

function idOf(block: Block): string {
  const parsed = blockSchema.safeParse(block);
  if (!parsed.success || parsed.data.genesis === undefined) throw invalid(0, 'the chain must start with its genesis');
  return networkIdOf(parsed.data.genesis.payload);
}

function invalid(height: number, detail: string): LedgerError {
  return new LedgerError('BLOCK_INVALID', `block ${height}: ${detail}`, { height });
}
