import { Shim, type ChaincodeInterface, type ChaincodeResponse, type ChaincodeStub } from 'fabric-shim';
import { canonicalJson } from '@collabnet/envelope';
import { fromArguments, refusalOf, type CallArguments, type Refusal } from '@collabnet/fabric-execution';
import { outsideWindow } from './clock-window.ts';
import type { Job, Receipt } from './job.ts';
import { stubReads } from './stub-reads.ts';
import type { WorkerPool } from './worker-pool.ts';

/** What the process decides beside the contracts. */
export interface ContractChaincodeOptions {
  readonly pool: Pick<WorkerPool, 'run'>;
  /** Refuse every genesis but that of this network. */
  readonly networkId?: string | undefined;
  /** How far the time of a proposal may lie from the own clock, ms; undefined: anywhere, for tests only. */
  readonly clockWindowMs: number | undefined;
  readonly now?: () => number;
  /** Told of faults of this process; refusals are none. */
  readonly onFailure: (failure: string) => void;
  /** Told how each call ended: `endorsed`, `failed` or the code of the refusal. */
  readonly onCall?: (name: CallArguments['name'] | 'unknown', outcome: string) => void;
}

/** The contracts behind Fabric's chaincode interface: arguments in, read and write set out. */
export class ContractChaincode implements ChaincodeInterface {
  readonly #options: ContractChaincodeOptions;

  constructor(options: ContractChaincodeOptions) {
    this.#options = options;
  }

  Init(): Promise<ChaincodeResponse> {
    return Promise.resolve(Shim.success());
  }

  async Invoke(stub: ChaincodeStub): Promise<ChaincodeResponse> {
    let call: CallArguments;
    try {
      call = fromArguments(stub.getArgs());
    } catch (error) {
      return this.#refuse('unknown', refusalOf(error) ?? { code: 'CALL_INVALID', message: String(error) });
    }
    if (call.name === 'ping') return Shim.success();
    const time = stub.getDateTimestamp().getTime();
    const { clockWindowMs, now = Date.now, networkId } = this.#options;
    const skew = clockWindowMs === undefined ? undefined : outsideWindow(time, now(), clockWindowMs);
    if (skew !== undefined) return this.#refuse(call.name, skew);
    return this.#run(stub, call.name === 'found' ? call : { ...call, time }, networkId);
  }

  async #run(stub: ChaincodeStub, job: Job, networkId: string | undefined): Promise<ChaincodeResponse> {
    const result = await this.#options.pool.run(job, stubReads(stub));
    if ('refusal' in result) return this.#refuse(job.name, result.refusal);
    if ('failure' in result) {
      this.#options.onFailure(result.failure);
      this.#options.onCall?.(job.name, 'failed');
      return Shim.error('the chaincode failed; its log names the cause');
    }
    if (job.name === 'found' && networkId !== undefined && result.receipt.digest !== networkId) {
      return this.#refuse(job.name, { code: 'GENESIS_INVALID', message: `genesis: it is of network ${result.receipt.digest}, this chaincode serves ${networkId}` });
    }
    for (const { key, text } of result.writes) await (text === undefined ? stub.deleteState(key) : stub.putState(key, Buffer.from(text)));
    this.#options.onCall?.(job.name, 'endorsed');
    return Shim.success(receiptOctets(result.receipt));
  }

  #refuse(name: CallArguments['name'] | 'unknown', refusal: Refusal): ChaincodeResponse {
    this.#options.onCall?.(name, refusal.code);
    return Shim.error(JSON.stringify(refusal));
  }
}

function receiptOctets(receipt: Receipt): Uint8Array {
  return Buffer.from(canonicalJson(receipt));
}
