import { parseDid } from '@collabnet/did';
import { parseDuration } from './duration.ts';
import { withDefaults } from './operators/catalogue.ts';
import type { OperatorName } from './operators/operator.ts';
import { FLOW_SPEC_SCHEMA, type FlowSpec } from './spec.ts';
import { parseFlow } from './validate.ts';

/** The members of a ComputeTask's spec that say what is computed; defaults of the kind already filled in. */
export interface TaskSpec {
  readonly runID: string;
  readonly purpose: string;
  readonly trustModel: string;
  readonly wireProfile: string;
  /** Such as `24h`. */
  readonly approvalTimeout: string;
  readonly timeout: string;
  readonly maxAttempts: number;
  readonly auditors?: readonly string[] | undefined;
  readonly parties: readonly { readonly name: string; readonly did: string }[];
  readonly steps: readonly TaskStep[];
}

/** One step of {@link TaskSpec}. */
export interface TaskStep {
  readonly name: string;
  readonly operator: OperatorName;
  readonly algorithm: { readonly name: string; readonly version: string };
  readonly roles: { readonly compute: readonly string[]; readonly receivers: readonly string[] };
  readonly inputs: readonly {
    readonly name: string;
    readonly party: string;
    /** `<subject code>/<name>`, or the name alone for an asset of the input's party. */
    readonly asset?: string | undefined;
    readonly assetVersion?: number | undefined;
    readonly from?: { readonly flow?: string | undefined; readonly step: string; readonly output: string } | undefined;
    readonly keys: readonly string[];
    readonly columns?: readonly string[] | undefined;
  }[];
  readonly parameters?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  readonly outputs: readonly { readonly name: string; readonly receivers: readonly string[] }[];
}

/**
 * The canonical specification of a ComputeTask: durations in ms, short asset names made whole, nothing left to
 * defaults, nothing that is only of interest to the cluster (references, hints, suspend).
 *
 * @throws FlowError FLOW_INVALID with every finding
 */
export function flowSpecFromTask(task: TaskSpec): FlowSpec {
  const owner = new Map(task.parties.map((party) => [party.name, party.did]));
  return parseFlow({
    schema: FLOW_SPEC_SCHEMA,
    runId: task.runID,
    purpose: task.purpose,
    trustModel: task.trustModel,
    wireProfile: task.wireProfile,
    approvalTimeoutMs: parseDuration(task.approvalTimeout, 'approvalTimeout'),
    timeoutMs: parseDuration(task.timeout, 'timeout'),
    maxAttempts: task.maxAttempts,
    parties: task.parties.map(({ name, did }) => ({ name, did })),
    auditors: [...(task.auditors ?? [])],
    steps: task.steps.map((step) => ({
      name: step.name,
      operator: step.operator,
      algorithm: { name: step.algorithm.name, version: step.algorithm.version },
      roles: { compute: [...step.roles.compute], receivers: [...step.roles.receivers] },
      inputs: step.inputs.map(({ name, party, asset, assetVersion, from, keys, columns }) => ({
        name,
        party,
        ...(asset === undefined ? {} : { asset: wholeAssetId(asset, owner.get(party)) }),
        ...(assetVersion === undefined ? {} : { assetVersion }),
        ...(from === undefined ? {} : { from: { ...(from.flow === undefined ? {} : { flow: from.flow }), step: from.step, output: from.output } }),
        keys: [...keys],
        columns: [...(columns ?? [])],
      })),
      parameters: withDefaults(step.operator, definedOnly(step.parameters ?? {})),
      outputs: step.outputs.map(({ name, receivers }) => ({ name, receivers: [...receivers] })),
    })),
  });
}

function wholeAssetId(asset: string, did: string | undefined): string {
  // An unknown alias is reported by validation; here it only must not hide behind a malformed asset id.
  if (asset.includes('/') || did === undefined) return asset.includes('/') ? asset : `unknown/${asset}`;
  return `${parseDid(did).subjectCode}/${asset}`;
}

function definedOnly<T>(record: Readonly<Record<string, T | undefined>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter((entry): entry is [string, T] => entry[1] !== undefined));
}
