import { createHash } from 'node:crypto';
import { CURRENT_RELEASE, type ContractsRelease } from '@collabnet/contracts';
import { MINUTE, TestNetwork } from '@collabnet/contracts/testing';
import { canonicalJson, type SignedTransaction } from '@collabnet/envelope';
import { executeCall, executeUpgrade, foundNetwork, toArguments, type CallArguments, type FabricGenesis, type KeyPolicy, type StampedWrite } from '@collabnet/fabric-execution';
import { StampedDriver } from '@collabnet/fabric-execution/testing';
import type { BlockTransaction, FabricBlock } from '../fabric-block.ts';
import { policyMetadata } from '../key-metadata.ts';

export const CHAINCODE = 'collabnet';

/** A channel as honest peers would deliver it, made without peers. */
export class BlockBuilder {
  readonly net: TestNetwork;
  readonly genesis: FabricGenesis;
  readonly #driver: StampedDriver;
  readonly #blocks: FabricBlock[] = [];
  #release = CURRENT_RELEASE;

  private constructor(net: TestNetwork, genesis: FabricGenesis) {
    this.net = net;
    this.genesis = genesis;
    this.#driver = net.driver as StampedDriver;
  }

  /** @param driver `fabric`: members have party keys */
  static async make(driver: FabricGenesis['payload']['ledger']['driver'] = 'embedded'): Promise<BlockBuilder> {
    let genesis: FabricGenesis | undefined;
    const net = await TestNetwork.found((payload, sign) => {
      genesis = { payload, signature: sign(canonicalJson(payload)) };
      return new StampedDriver(payload, genesis.signature);
    }, {}, driver);
    return new BlockBuilder(net, genesis as FabricGenesis);
  }

  /** The next block with these transactions. */
  block(...transactions: BlockTransaction[]): FabricBlock {
    const number = this.#blocks.length;
    const previous = this.#blocks.at(-1)?.hash ?? '';
    const block = { number, previous, hash: createHash('sha256').update(`${previous}${number}${JSON.stringify(transactions)}`).digest('hex'), transactions };
    this.#blocks.push(block);
    return block;
  }

  /** The founding transaction. */
  founding(genesis = this.genesis): BlockTransaction {
    const { networkId, time, ...changes } = foundNetwork({ get: () => undefined, range: () => [] }, genesis);
    return this.#transaction({ name: 'found', genesis }, time, changes, { digest: networkId, height: 0, time });
  }

  /** A publication by the founder, endorsed on the state so far. `keep`: later ones see what it wrote. */
  async publication(name: string, options: { seenHeight?: number; keep?: boolean } = {}): Promise<BlockTransaction> {
    const { net } = this;
    const tx = await net.sign(net.founder, 'catalogue', 'publish', net.assetOf(net.founder, name), { expires: net.driver.now() + MINUTE });
    return this.submission(tx, options);
  }

  submission(tx: SignedTransaction, { seenHeight = 0, keep = true }: { seenHeight?: number; keep?: boolean } = {}): BlockTransaction {
    const time = this.net.driver.now();
    const outcome = executeCall(this.#driver.reader, { tx, seenHeight, time }, this.#release);
    if (keep) this.#driver.reader.apply(outcome.writes);
    return this.#transaction({ name: 'submit', tx, seenHeight }, time, outcome, outcome);
  }

  /** Brings the records to a release; what follows is endorsed by it. */
  upgrade(release: ContractsRelease): BlockTransaction {
    this.#release = release;
    const time = this.net.driver.now();
    const outcome = executeUpgrade(this.#driver.reader, { seenHeight: 0, time }, release);
    this.#driver.reader.apply(outcome.writes);
    return this.#transaction({ name: 'upgrade', seenHeight: 0 }, time, outcome, outcome);
  }

  ping(): BlockTransaction {
    return this.#transaction({ name: 'ping' }, this.net.driver.now(), { writes: [], policies: [] }, undefined);
  }

  #transaction(call: CallArguments, time: number, { writes, policies }: { writes: readonly StampedWrite[]; policies: readonly KeyPolicy[] }, receipt: { digest: string; height: number; time: number } | undefined): BlockTransaction {
    const answer = receipt === undefined ? '' : canonicalJson({ contracts: this.#release.version, digest: receipt.digest, height: receipt.height, time: receipt.time });
    return {
      txId: createHash('sha256').update(`${JSON.stringify(call)}${this.#blocks.length}`).digest('hex'),
      code: 'VALID',
      call: { chaincode: CHAINCODE, args: toArguments(call, this.#release.version), time, answer, creator: 'Alpha', writes: new Map([[CHAINCODE, writes]]), metadata: new Map([[CHAINCODE, policies.map(policyMetadata)]]), otherChanges: [] },
    };
  }
}
