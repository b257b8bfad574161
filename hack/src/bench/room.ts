import { helm, kubectl } from '../demo/cluster.ts';
import type { DemoInstitution } from '../demo/institutions.ts';
import { operatorsReady } from '../demo/install.ts';

/** Up to here the chart's limits are enough. */
const ROWS_OF_DEFAULTS = 1_000_000;

/** What a compute pod and a data proxy need for tables of so many rows: limits of a chart's values, by the same names. */
export interface Room {
  readonly engineMemory: string;
  readonly courierMemory: string;
  readonly scratch: string;
  readonly proxyMemory: string;
}

/** Undefined: the chart's defaults do. Otherwise they grow with the rows, as docs/performance.md shows. */
export function roomFor(rows: number): Room | undefined {
  if (rows <= ROWS_OF_DEFAULTS) return undefined;
  const times = Math.ceil(rows / ROWS_OF_DEFAULTS);
  return { engineMemory: `${times}Gi`, courierMemory: `${256 + 96 * times}Mi`, scratch: `${512 * times}Mi`, proxyMemory: `${256 + 64 * times}Mi` };
}

/** Raises an institution's limits, as its administrator would. @returns the revision of its release before */
export async function makeRoom({ namespace }: DemoInstitution, room: Room): Promise<string> {
  const { stdout } = await helm(['history', 'institution', '--namespace', namespace, '--max', '1', '--output', 'json']);
  const [before] = JSON.parse(stdout) as { revision: number }[];
  const values = [`compute.engine.limits.memory=${room.engineMemory}`, `compute.courier.limits.memory=${room.courierMemory}`, `compute.scratch.size=${room.scratch}`, `dataProxy.resources.limits.memory=${room.proxyMemory}`];
  await helm(['upgrade', 'institution', 'charts/institution', '--namespace', namespace, '--reuse-values', ...values.flatMap((value) => ['--set', value])]);
  return String(before?.revision ?? '');
}

/** Gives an institution the limits that it had. */
export async function giveBackRoom(institution: DemoInstitution, revision: string): Promise<void> {
  await helm(['rollback', 'institution', revision, '--namespace', institution.namespace]);
}

/** Operators read their limits when they start. */
export async function roomIsMade(institutions: readonly DemoInstitution[]): Promise<void> {
  await operatorsReady(institutions);
  for (const { namespace } of institutions) await kubectl(namespace, ['rollout', 'status', 'deployment', '--selector', 'app.kubernetes.io/component=data-proxy', '--timeout=180s']);
}
