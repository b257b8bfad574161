import { CONTRACT_ERROR_CODES } from '@collabnet/contracts';
import type { AssetVersionRecord, FlowRecord, Lease } from '@collabnet/contracts';
import type { JsonObject } from '@collabnet/envelope';
import { LedgerError } from '@collabnet/ledger';
import type { Ledger } from '@collabnet/ledger';
import { ProxyError } from './errors.ts';
import type { FlowGate, GatePass, GateRequest } from './read/flow-gate.ts';

/** A network as this institution is in it. */
export interface GateNetwork {
  /** DID of this institution: only its own assets are read here. */
  readonly did: string;
  /** Undefined while it has not been reached. */
  readonly ledger: Pick<Ledger, 'evaluate'> | undefined;
}

export interface LedgerFlowGateOptions {
  /** Undefined for a network that this institution is not in. */
  readonly network: (networkId: string) => GateNetwork | undefined;
  /** Oldest view that an answer may come from. */
  readonly maxStalenessMs: number;
}

/**
 * The last gate in the ledger's own words: `flows.mayRead` evaluates state, step, attempt, deadline, algorithm, every grant
 * and the columns of the input on a fresh verified view [90-92].
 */
export class LedgerFlowGate implements FlowGate {
  readonly #options: LedgerFlowGateOptions;

  constructor(options: LedgerFlowGateOptions) {
    this.#options = options;
  }

  async check(request: GateRequest): Promise<GatePass> {
    const network = this.#options.network(request.networkId);
    if (!network) throw new ProxyError('WRONG_NETWORK', `Network ${request.networkId} is not one that this institution is in.`, { field: 'networkId' });
    const { ledger, did } = network;
    if (!ledger) throw new ProxyError('LEDGER_UNAVAILABLE', 'The ledger has not been reached yet; try again.');
    const { flowId, step, attempt, asset, assetVersion, columns } = request;
    const ask = <T>(contract: string, method: string, args: JsonObject): Promise<T> => ledger.evaluate<T>(contract, method, args, { maxStalenessMs: this.#options.maxStalenessMs });
    try {
      const lease = await ask<Lease>('flows', 'mayRead', { flowId, step, attempt, asset, assetVersion, columns: [...columns] });
      if (!lease.valid) {
        const code = lease.reason === undefined || lease.reason === 'STATE' ? 'FLOW_STATE' : lease.reason;
        throw new ProxyError(code, `The ledger does not allow this read: ${lease.message ?? code}.`);
      }
      const version = await ask<AssetVersionRecord>('catalogue', 'version', { assetId: asset, version: assetVersion });
      if (version.owner !== did) throw new ProxyError('FORBIDDEN', `Asset ${asset} belongs to another institution.`, { field: 'asset' });
      const flow = await ask<FlowRecord>('flows', 'get', { flowId });
      return {
        until: lease.until,
        minimumSetSize: Math.max(flow.minimumSetSize ?? 1, version.content.disclosure?.minimumSetSize ?? 1),
        fingerprint: version.content.fingerprint,
      };
    } catch (error) {
      throw refusal(error);
    }
  }
}

/** The contract's word is final; anything else means that the ledger could not be asked. */
function refusal(error: unknown): unknown {
  if (!(error instanceof LedgerError)) return error;
  const code = CONTRACT_ERROR_CODES.find((known) => known === error.code);
  if (code !== undefined) return new ProxyError(code, `The ledger does not allow this read: ${error.message}`, { cause: error });
  return new ProxyError('LEDGER_UNAVAILABLE', `The ledger cannot be asked: ${error.message}`, { cause: error });
}
