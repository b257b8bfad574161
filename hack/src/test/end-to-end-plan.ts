import type { LedgerDriver } from '../demo/ledger.ts';

/** One run of one suite. */
export interface SuiteRun {
  readonly name: string;
  readonly suite: string;
  /** What its process finds in the environment, beside what all have. */
  readonly env: Readonly<Record<string, string>>;
}

/** What runs side by side, and what afterwards has the machine for itself. */
export interface EndToEndPlan {
  /** Each of these in one lane, one suite after the other. */
  readonly inLanes: readonly (readonly SuiteRun[])[];
  readonly alone: readonly SuiteRun[];
}

/**
 * Suites that a run of all over the embedded ledger runs over Fabric, too; `LEDGER=fabric` runs every suite over it. Left out are
 * those about the node, the pods of a task and its traces, of which the ledger is no part.
 */
const ALSO_ON_FABRIC: readonly string[] = ['bad-input', 'fault-table', 'grants', 'keys', 'network', 'task', 'uninstall'];
/** Removes the institutions that the others share. */
const LAST = 'uninstall';
/** Suites about Fabric itself, which always run over it. */
const ONLY_ON_FABRIC: readonly string[] = ['contracts-upgrade.long', 'fabric-faults.long'];
const FAULT_TABLE = 'fault-table';

/** True for a suite that needs ledger nodes of Fabric. */
export function needsFabric({ env }: SuiteRun, driver: LedgerDriver): boolean {
  return (env['COLLABNET_LEDGER'] ?? driver) === 'fabric';
}

/**
 * In which order and company the suites run.
 *
 * @param only one suite; the fault table is then divided between the lanes, but for its faults of the node itself
 */
export function endToEndPlan(suites: readonly string[], lanes: number, driver: LedgerDriver, only?: string): EndToEndPlan {
  const overFabric = { COLLABNET_LEDGER: 'fabric' };
  const plain = (suite: string): SuiteRun => ({ name: `e2e/${suite}`, suite, env: ONLY_ON_FABRIC.includes(suite) ? overFabric : {} });
  if (only === FAULT_TABLE && lanes > 1) {
    const part = (name: string): SuiteRun => ({ name: `e2e/${only} ${name}`, suite: only, env: { COLLABNET_FAULTS_PART: name } });
    return { inLanes: Array.from({ length: lanes }, (_, index) => [part(`${index + 1}/${lanes}`)]), alone: [part('node')] };
  }
  if (only !== undefined) return { inLanes: [], alone: suites.filter((suite) => suite === only).map(plain) };
  // In one lane, since they share institutions; first, since they take longest.
  const also = driver === 'fabric' ? [] : suites.filter((suite) => ALSO_ON_FABRIC.includes(suite));
  const itself = suites.filter((suite) => ONLY_ON_FABRIC.includes(suite));
  const chain = lastAtEnd([...also.map((suite): SuiteRun => ({ name: `e2e/${suite} on Fabric`, suite, env: overFabric })), ...itself.map(plain)]);
  const others = lastAtEnd(suites.filter((suite) => !ONLY_ON_FABRIC.includes(suite)).map(plain));
  return { inLanes: [...(chain.length > 0 ? [chain] : []), ...others.map((run) => [run])], alone: [] };
}

function lastAtEnd(runs: readonly SuiteRun[]): SuiteRun[] {
  return [...runs.filter(({ suite }) => suite !== LAST), ...runs.filter(({ suite }) => suite === LAST)];
}
