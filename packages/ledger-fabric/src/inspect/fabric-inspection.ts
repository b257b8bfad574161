import type { Gateway } from '@hyperledger/fabric-gateway';
import { keys } from '@collabnet/contracts';
import { transactionDigest } from '@collabnet/envelope';
import { EXPORT_SCHEMA, LedgerError, type BlockView, type ExportHeader, type LedgerEvent, type LedgerInspection } from '@collabnet/ledger';
import type { FabricState, StoredFabricBlock } from '../stored-block.ts';
import { toLine } from './block-line.ts';
import { wholeBlocks } from '../channel-blocks.ts';

/** What is looked at. */
export interface InspectedChannel {
  readonly networkId: string;
  readonly channel: string;
  readonly chaincode: string;
  readonly state: FabricState;
  /** Fabric's number of the block that the replica wants next. */
  readonly next: () => number;
  /** The connection to the own peer. @throws LedgerError UNAVAILABLE */
  readonly gateway: () => Gateway;
}

/** The verified blocks of a channel; whole Fabric blocks, which a replica does not keep, come from the own peer. */
export class FabricInspection implements LedgerInspection {
  readonly driver = 'fabric';
  readonly #at: InspectedChannel;

  constructor(at: InspectedChannel) {
    this.#at = at;
  }

  height(): number | undefined {
    return this.#at.state.head()?.header.height;
  }

  blocks(from: number, limit: number): BlockView[] {
    return this.#at.state.blocks(from, limit).map(viewOf);
  }

  heightOf(digest: string): number | undefined {
    return this.#at.state.history(keys.transaction(digest))[0]?.height;
  }

  eventsAt(height: number): readonly LedgerEvent[] {
    return this.#block(height).events;
  }

  async *exportLines(from: number, to: number): AsyncGenerator<string> {
    const { networkId: network, channel, chaincode, gateway } = this.#at;
    const numbers = this.#numbers(from, to);
    // Before the first line: without a peer there is nothing to begin with.
    const peer = gateway();
    const configuration = numbers.from === 0 ? undefined : await this.#configurationBefore(numbers.from);
    const header: ExportHeader = { schema: EXPORT_SCHEMA, driver: 'fabric', network, heights: { from, to }, numbers, fabric: { channel, chaincode, ...(configuration !== undefined && { configuration }) } };
    yield JSON.stringify(header);
    for await (const block of wholeBlocks(peer, channel, numbers.from, numbers.to)) yield toLine(block);
  }

  /** Blocks with configuration have no height: those before the first height belong to it, those after the last one to the last. */
  #numbers(from: number, to: number): { from: number; to: number } {
    const { state, next } = this.#at;
    const [first] = state.blocks(from, 1);
    if (first === undefined || to > (this.height() ?? -1)) throw this.#missing(first === undefined ? from : to);
    const [after] = state.blocks(to + 1, 1);
    return { from: from === 0 ? 0 : first.header.number, to: (after?.header.number ?? next()) - 1 };
  }

  /** The configuration in force before a block, from which the certificates of orderers follow. */
  async #configurationBefore(number: number): Promise<string> {
    const { lastConfigOf } = await import('@collabnet/fabric-network');
    const { channel, gateway } = this.#at;
    const read = async (wanted: number): Promise<Parameters<typeof lastConfigOf>[0]> => {
      for await (const block of wholeBlocks(gateway(), channel, wanted, wanted)) return block;
      throw this.#missing(wanted);
    };
    const block = await read(lastConfigOf(await read(number - 1)));
    return Buffer.from(block.serializeBinary()).toString('base64');
  }

  #block(height: number): StoredFabricBlock {
    const block = this.#at.state.block(height);
    if (block === undefined) throw this.#missing(height);
    return block;
  }

  #missing(height: number): LedgerError {
    return new LedgerError('NOT_FOUND', `height ${height}: there is no such block; the newest one verified is ${this.height() ?? 'none'}`, { height });
  }
}

function viewOf({ header, genesis, transactions }: StoredFabricBlock): BlockView {
  return { ...header, ...(genesis !== undefined && { genesis }), transactions: transactions.map(({ height, tx }) => ({ digest: transactionDigest(tx.payload), height, tx })) };
}
