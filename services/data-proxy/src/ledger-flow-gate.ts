import type { AssetVersionRecord, FlowApproval, FlowRecord, FlowStepRecord, GrantView, Lease } from '@collabnet/contracts';
import { CONTRACT_ERROR_CODES } from '@collabnet/contracts';
import type { ContractErrorCode } from '@collabnet/contracts';
import type { JsonObject } from '@collabnet/envelope';
import type { Ledger } from '@collabnet/ledger';
import { LedgerError } from '@collabnet/ledger';
import { ProxyError } from './errors.ts';
import type { FlowGate, GatePass, GateRequest } from './read/flow-gate.ts';

/** A network whose ledger this proxy follows. The ledger may not be there yet. */
export interface GateNetwork {
  /** DID of this institution in it: only its own inputs are read here. */
  readonly did: string;
  ledger(): Pick<Ledger, 'evaluate'> | undefined;
}

export interface LedgerFlowGateOptions {
  /** By network id. */
  readonly networks: ReadonlyMap<string, GateNetwork>;
  readonly maxStalenessMs: number;
  readonly now: () => number;
}

type Ask = <T>(contract: string, method: string, args: JsonObject) => Promise<T>;

/** Inputs are read while an attempt is prepared and while it runs. A reader asks again within this time. */
const preparingMs = 60_000;

/**
 * The last gate on the ledger's own words: flow, step, attempt, input, columns and asset version as proposed and agreed;
 * the grants behind the input not revoked and not expired; the lease, once it runs, valid [90-92].
 */
export class LedgerFlowGate implements FlowGate {
  readonly #options: LedgerFlowGateOptions;

  constructor(options: LedgerFlowGateOptions) {
    this.#options = options;
  }

  async check(request: GateRequest): Promise<GatePass> {
    const network = this.#options.networks.get(request.networkId);
    if (!network) throw new ProxyError('NOT_FOUND', `Network ${request.networkId} is not one that this proxy follows.`, { field: 'networkId' });
    const ledger = network.ledger();
    if (!ledger) throw new ProxyError('LEDGER_UNAVAILABLE', 'The ledger has not been reached yet; try again.');
    const ask: Ask = (contract, method, args) => ledger.evaluate(contract, method, args, { maxStalenessMs: this.#options.maxStalenessMs });
    try {
      return await this.#check(ask, network.did, request);
    } catch (error) {
      throw refusal(error);
    }
  }

  async #check(ask: Ask, did: string, request: GateRequest): Promise<GatePass> {
    const { flowId, step } = request;
    const flow = await ask<FlowRecord>('flows', 'get', { flowId });
    const stepRecord = await ask<FlowStepRecord>('flows', 'step', { flowId, step });
    const running = assertState(flow, stepRecord, request);
    const grantId = grantOf(flow, did, request);
    const grant = await ask<GrantView>('grants', 'get', { id: grantId });
    assertGrant(grant, flow, request);
    const until = running ? await leaseOf(ask, request) : this.#options.now() + preparingMs;
    const version = await ask<AssetVersionRecord>('catalogue', 'version', { assetId: request.asset, version: request.assetVersion });
    return {
      until: Math.min(until, flow.deadline, grantEnd(grant)),
      minimumSetSize: Math.max(flow.minimumSetSize ?? 1, version.content.disclosure?.minimumSetSize ?? 1, grant.content.disclosure?.minimumSetSize ?? 1),
      fingerprint: version.content.fingerprint,
    };
  }
}

/** @returns whether the attempt runs, rather than being prepared */
function assertState(flow: FlowRecord, step: FlowStepRecord, request: GateRequest): boolean {
  if (flow.state !== 'Pending' && flow.state !== 'Running') throw new ProxyError('FLOW_STATE', `Flow is ${flow.state}; inputs are read only while it is Pending or Running.`, { field: 'flowId' });
  if (flow.currentStep !== request.step) throw new ProxyError('FLOW_STATE', `Step ${request.step} is not the current one.`, { field: 'step' });
  if (step.attempt !== request.attempt) throw new ProxyError('FLOW_STATE', `Attempt ${request.attempt} is not the current one (${step.attempt}).`, { field: 'attempt' });
  return flow.state === 'Running';
}

/** The grant that covers the input which this read is of. */
function grantOf(flow: FlowRecord, did: string, request: GateRequest): string {
  const step = flow.steps.find((candidate) => candidate.name === request.step);
  const inputs = step?.inputs.filter((input) => input.party === did && input.asset === request.asset) ?? [];
  if (inputs.length === 0) throw new ProxyError('CAPABILITY_SCOPE', `Asset ${request.asset} is no input of this step from this institution.`, { field: 'asset' });
  const version = inputs.filter((input) => input.assetVersion === undefined || input.assetVersion === request.assetVersion);
  if (version.length === 0) throw new ProxyError('ASSET_VERSION', `Version ${request.assetVersion} of ${request.asset} is not the one agreed.`, { field: 'assetVersion' });
  const input = version.find((candidate) => request.columns.every((name) => candidate.keys.includes(name) || candidate.columns.includes(name)));
  if (!input) throw new ProxyError('GRANT_COLUMNS', 'A column is not among those agreed for this input.', { field: 'columns' });
  const approval: FlowApproval | undefined = flow.approvals[did];
  const grant = approval?.state === 'Approved' ? approval.grants[`${request.step}/${input.name}`] : undefined;
  if (grant === undefined) throw new ProxyError('GRANT_MISSING', 'No grant covers this input.', { field: 'asset' });
  return grant;
}

function assertGrant(grant: GrantView, flow: FlowRecord, request: GateRequest): void {
  // Exhausted counts as holding: the last use may be the one that this flow reserved.
  if (grant.state === 'Revoked') throw new ProxyError('GRANT_REVOKED', `Grant ${grant.content.id} was revoked.`);
  if (grant.state === 'Expired') throw new ProxyError('GRANT_EXPIRED', `Grant ${grant.content.id} has expired.`);
  if (grant.state === 'NotYetValid') throw new ProxyError('GRANT_NOT_YET_VALID', `Grant ${grant.content.id} is not valid yet.`);
  const { content } = grant;
  if (content.asset !== request.asset) throw new ProxyError('GRANT_MISSING', `Grant ${content.id} is for another asset.`, { field: 'asset' });
  if (content.purpose !== flow.purpose) throw new ProxyError('GRANT_PURPOSE', `Grant ${content.id} is for another purpose.`);
  const algorithm = flow.steps.find((step) => step.name === request.step)?.algorithm;
  const covered = content.algorithms.some(({ name, versions }) => name === algorithm?.name && (versions.includes('*') || versions.includes(algorithm.version)));
  if (!covered) throw new ProxyError('GRANT_ALGORITHM', `Grant ${content.id} is for another algorithm.`);
  const granted = content.columns;
  if (granted && !request.columns.every((name) => granted.keys.includes(name) || granted.payload.includes(name))) {
    throw new ProxyError('GRANT_COLUMNS', `Grant ${content.id} does not cover every column asked for.`, { field: 'columns' });
  }
}

function grantEnd(grant: GrantView): number {
  return grant.content.form.type === 'SingleTask' ? Infinity : (grant.content.form.notAfter ?? Infinity);
}

async function leaseOf(ask: Ask, request: GateRequest): Promise<number> {
  const { flowId, step, attempt } = request;
  const lease = await ask<Lease>('flows', 'lease', { flowId, step, attempt });
  if (lease.valid) return lease.until;
  const code: 'FLOW_STATE' | ContractErrorCode = lease.reason === undefined || lease.reason === 'STATE' ? 'FLOW_STATE' : lease.reason;
  throw new ProxyError(code, lease.message ?? 'The ledger does not renew the lease of this attempt.');
}

/** The contract's word is final; anything else means that the ledger could not be asked. */
function refusal(error: unknown): unknown {
  if (!(error instanceof LedgerError)) return error;
  const code = CONTRACT_ERROR_CODES.find((known) => known === error.code);
  if (code !== undefined && code !== 'UNKNOWN_METHOD') return new ProxyError(code, error.message, { cause: error });
  return new ProxyError('LEDGER_UNAVAILABLE', `The ledger cannot be asked: ${error.message}`, { cause: error });
}
