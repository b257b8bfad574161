import { common } from '@hyperledger/fabric-protos';
import { LedgerError, SqliteState, type Check, type ExportHeader, type ExportVerifier, type Head } from '@collabnet/ledger';
import { isCounted } from '../counted-call.ts';
import type { FabricBlock } from '../fabric-block.ts';
import { FabricReplica } from '../fabric-replica.ts';
import { parseBlock } from '../parse-block.ts';
import type { StoredFabricBlock } from '../stored-block.ts';
import { fromLine, numberOfLine, type BlockLine } from './block-line.ts';
import { OrdererSignatures } from './orderer-signatures.ts';

/**
 * The verifier for an export of a channel: replays from block 0, checks hashes and signatures from later on.
 *
 * @throws LedgerError BLOCK_INVALID for a header that does not describe a channel
 */
export function fabricVerifier(header: ExportHeader, networkId: string | undefined): ExportVerifier {
  return new FabricVerifier(header, networkId ?? header.network);
}

class FabricVerifier implements ExportVerifier {
  readonly #networkId: string;
  readonly #from: number;
  readonly #chaincode: string;
  readonly #signatures: OrdererSignatures;
  readonly #replica: FabricReplica | undefined;
  readonly #state = new SqliteState<StoredFabricBlock>(':memory:');
  #last: FabricBlock | undefined;
  #transactions = 0;
  readonly numberOf = numberOfLine;

  constructor({ numbers, fabric }: ExportHeader, networkId: string) {
    if (fabric === undefined) throw new LedgerError('BLOCK_INVALID', 'the header of the export names no channel; export it again');
    this.#networkId = networkId;
    this.#from = numbers.from;
    this.#chaincode = fabric.chaincode;
    this.#signatures = new OrdererSignatures(configurationOf(numbers.from, fabric.configuration));
    this.#replica = numbers.from === 0 ? new FabricReplica(networkId, fabric.chaincode, this.#state) : undefined;
  }

  add(value: unknown): void {
    const raw = fromLine(value as BlockLine);
    const block = parsed(raw);
    this.#signatures.check(raw);
    if (this.#replica !== undefined) this.#replica.apply(block);
    else if (this.#last !== undefined && block.previous !== this.#last.hash) throw new LedgerError('BLOCK_INVALID', `block ${block.number}: it does not continue the block before it`, { height: block.number });
    this.#transactions += block.transactions.filter(({ code, call }) => code === 'VALID' && call?.args[0] === 'submit' && isCounted(call, this.#chaincode)).length;
    this.#last = block;
  }

  report(): ReturnType<ExportVerifier['report']> {
    const last = this.#last;
    if (last === undefined) throw new LedgerError('BLOCK_INVALID', 'the export holds no block; export it again');
    const head = this.#replica?.head();
    if (this.#replica !== undefined && head === undefined) throw new LedgerError('BLOCK_INVALID', `network: blocks 0 to ${last.number} hold no genesis of network ${this.#networkId}`);
    const checks = [...this.#always(), ...(head === undefined ? this.#notReplayed() : replayed(head))];
    return {
      driver: 'fabric',
      networkId: this.#networkId,
      to: last.number,
      transactions: this.#transactions,
      hash: last.hash,
      ...(head !== undefined && { head: { height: head.height, stateRoot: head.stateRoot, time: head.time } }),
      checks,
    };
  }

  close(): void {
    this.#state.close();
  }

  #always(): Check[] {
    const before = this.#from - 1;
    return [
      { name: 'links', verified: true, detail: `each block names the hash of the header before it${this.#from === 0 ? ', the first is block 0 of the channel' : `, except the first: what block ${before} is was not verified`}` },
      { name: 'contents', verified: true, detail: 'the transactions of each block hash to what its header says' },
      {
        name: 'blockSignatures',
        verified: true,
        detail: this.#from === 0
          ? 'each block but block 0 is signed (ECDSA) by an orderer of the channel, by the configuration in the blocks before it; who signed changes of the configuration was not verified'
          : 'each block is signed (ECDSA) by an orderer of the configuration that the header of the file gives; that this was the configuration of the channel was not verified',
      },
      { name: 'validity', verified: false, detail: 'which transactions counted is marked by the peer that exported them: these marks lie outside the hash. Compare the state root with that of another institution' },
    ];
  }

  #notReplayed(): Check[] {
    const later = `the state at block ${this.#from - 1} is not known here; verify this file together with the one of the blocks before it`;
    return [
      { name: 'transactionSignatures', verified: false, detail: `the keys of those who signed lie on the ledger: ${later}` },
      { name: 'rules', verified: false, detail: later },
      { name: 'stateRoot', verified: false, detail: later },
    ];
  }
}

/** @param head `takenUpTo`: height up to which blocks are of contracts that this build does not have */
function replayed({ stateRoot, takenUpTo }: Pick<Head, 'stateRoot'> & { readonly takenUpTo?: number }): Check[] {
  const rules = takenUpTo === undefined
    ? 'each transaction that counted was run again: the contracts allow it and write what stands in the block'
    : `up to height ${takenUpTo} there are blocks of contracts that this version does not have: what they wrote is the word of their endorsers; the others were run again`;
  return [
    { name: 'transactionSignatures', verified: true, detail: 'each transaction that counted is signed (SM2) with a key that held at its height' },
    { name: 'rules', verified: takenUpTo === undefined, detail: rules },
    { name: 'stateRoot', verified: true, detail: `computed here from what was written: ${stateRoot}; blocks of Fabric name none to compare with` },
  ];
}

function parsed(raw: common.Block): FabricBlock {
  try {
    return parseBlock(raw);
  } catch (cause) {
    if (cause instanceof LedgerError) throw cause;
    const number = raw.getHeader()?.getNumber() ?? 0;
    throw new LedgerError('BLOCK_INVALID', `block ${number}: a transaction in it cannot be read`, { cause, height: number });
  }
}

function configurationOf(from: number, text: string | undefined): common.Block | undefined {
  if (from === 0) return undefined;
  if (text === undefined) throw new LedgerError('BLOCK_INVALID', 'the header of the export brings no configuration of the channel, by which blocks after the first are checked; export it again');
  return common.Block.deserializeBinary(Buffer.from(text, 'base64'));
}
