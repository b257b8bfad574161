import { KeyEndorsementPolicy, Shim, type ChaincodeInterface, type ChaincodeResponse, type ChaincodeStub } from 'fabric-shim';
import { canonicalJson } from '@collabnet/envelope';
import { fromArguments, refusalOf, type CallArguments, type Refusal } from '@collabnet/fabric-execution';
import { outsideWindow } from './clock-window.ts';
import type { Job, Receipt } from './job.ts';
import { stubReads } from './stub-reads.ts';
import type { WorkerPool } from './worker-pool.ts';

/** What the process decides beside the contracts. */
export interface ContractChaincodeOptions {
  readonly pool: Pick<WorkerPool, 'run'>;
  /** Version of the contracts that the pool runs; default that of this build. */
  readonly contracts?: string | undefined;
  /** Refuse every genesis but that of this network. */
  readonly networkId?: string | undefined;
  /** How far the time of a proposal may lie from the own clock, ms; undefined: anywhere, for tests only. */
  readonly clockWindowMs: number | undefined;
  readonly now?: () => number;
  /** Told of faults of this process; refusals are none. */
  readonly onFailure: (failure: string) => void;
  /** Told how each call ended: `endorsed`, `failed` or the code of the refusal. */
  readonly onCall?: (name: CallArguments['name'] | 'unknown', outcome: string, seconds: number) => void;
}

/** How a call ends: its answer to the peer, and its name in the metrics. */
interface Ending {
  readonly outcome: string;
  readonly response: ChaincodeResponse;
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
    const from = performance.now();
    const call = read(stub.getArgs(), this.#options.contracts);
    const { outcome, response } = 'refusal' in call ? refuse(call.refusal) : await this.#answer(stub, call);
    this.#options.onCall?.('refusal' in call ? 'unknown' : call.name, outcome, (performance.now() - from) / 1000);
    return response;
  }

  async #answer(stub: ChaincodeStub, call: CallArguments): Promise<Ending> {
    if (call.name === 'ping') return { outcome: 'endorsed', response: Shim.success() };
    const { clockWindowMs, now = Date.now } = this.#options;
    const time = stub.getDateTimestamp().getTime();
    const skew = clockWindowMs === undefined ? undefined : outsideWindow(time, now(), clockWindowMs);
    return skew === undefined ? this.#run(stub, call.name === 'found' ? call : { ...call, time }) : refuse(skew);
  }

  async #run(stub: ChaincodeStub, job: Job): Promise<Ending> {
    const { pool, networkId, onFailure } = this.#options;
    const result = await pool.run(job, stubReads(stub));
    if ('refusal' in result) return refuse(result.refusal);
    if ('failure' in result) {
      onFailure(result.failure);
      return { outcome: 'failed', response: Shim.error('the chaincode failed; its log names the cause') };
    }
    if (job.name === 'found' && networkId !== undefined && result.receipt.digest !== networkId) {
      return refuse({ code: 'GENESIS_INVALID', message: `genesis: it is of network ${result.receipt.digest}, this chaincode serves ${networkId}` });
    }
    for (const { key, text } of result.writes) await (text === undefined ? stub.deleteState(key) : stub.putState(key, Buffer.from(text)));
    for (const { key, mspId } of result.policies) await stub.setStateValidationParameter(key, peerPolicy(mspId));
    return { outcome: 'endorsed', response: Shim.success(receiptOctets(result.receipt)) };
  }
}

function read(args: readonly string[], contracts?: string): CallArguments | { refusal: Refusal } {
  try {
    return fromArguments(args, contracts);
  } catch (error) {
    return { refusal: refusalOf(error) ?? { code: 'CALL_INVALID', message: String(error) } };
  }
}

/** One peer of the organisation, and nobody else, has to endorse what changes the key. */
function peerPolicy(mspId: string): Uint8Array {
  const policy = new KeyEndorsementPolicy();
  policy.addOrgs('PEER', mspId);
  return policy.getPolicy();
}

function refuse(refusal: Refusal): Ending {
  return { outcome: refusal.code, response: Shim.error(JSON.stringify(refusal)) };
}

function receiptOctets(receipt: Receipt): Uint8Array {
  return Buffer.from(canonicalJson(receipt));
}
