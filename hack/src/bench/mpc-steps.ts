import { BANK_A, BANK_B } from '../demo/institutions.ts';
import type { Step } from '../lib/progress.ts';
import { removeBarePod, runBareMpc, startBarePod, type BareRun } from './bare-engine.ts';
import { offerFeatures, tableName, withdraw } from './bench-data.ts';
import { consent, podsGone, proposeSteps, reach, removeTasks } from './bench-task.ts';
import { exportChain, receiptsOf, type MeasuredReceipt } from './ledger-times.ts';
import type { MpcFigures } from './performance-figures.ts';
import { roomIsMade } from './room.ts';

/** Feature columns of each bank. */
const COLUMNS = 5;
const LONGEST_MS = 3_600_000;
const label = { label: 'label' };

/** What is measured: as steps of one task, and with bare engines. */
const MEASURED = [
  { operator: 'Statistics', parameters: { statistics: 'Mean,StandardDeviation,Correlation' } },
  { operator: 'Regression', parameters: { ...label, model: 'Logistic', epochs: 3 } },
  { operator: 'GradientBoosting', parameters: { ...label, trees: 2, depth: 3, thresholds: 7 } },
  { operator: 'KMeans', parameters: { clusters: 3, iterations: 3 } },
] as const;

/** The part `mpc`: steps on shares. @param id of this run of the bench; in the names of all that it makes */
export function mpcSteps(rows: number, id: string): { readonly steps: readonly Step[]; readonly cleanUp: readonly Step[]; readonly found: () => MpcFigures[] } {
  const [task, barePod] = [`bench-mpc-${id}`, `bench-bare-${id}`];
  const bare = new Map<string, BareRun>();
  let receipts: readonly MeasuredReceipt[] = [];
  const steps: Step[] = [
    {
      title: `Tables of ${rows} rows and ${COLUMNS} columns at both banks, a pod for the bare engines`,
      work: async () => {
        await roomIsMade([BANK_A, BANK_B]);
        await offerFeatures(rows, COLUMNS, id);
        await startBarePod(barePod);
        return undefined;
      },
    },
    {
      title: `One task: join, ${MEASURED.map(({ operator }) => operator).join(', ')}`,
      work: async () => {
        const waiting = await proposeSteps(taskSteps(tableName(rows, id)), 'intl', task);
        await consent(waiting);
        await reach(task, ['Succeeded'], LONGEST_MS);
        await podsGone(waiting);
        receipts = receiptsOf(await exportChain(), waiting.flowId);
        return undefined;
      },
    },
    ...MEASURED.map(({ operator, parameters }): Step => ({
      title: `${operator} with bare engines`,
      work: async () => {
        const run = await runBareMpc(barePod, operator, rows, COLUMNS, parameters);
        bare.set(operator, run);
        return `${run.seconds.compute.toFixed(2)} s`;
      },
    })),
  ];
  const cleanUp: Step = {
    title: 'The task, its tables and volumes are removed',
    work: async () => {
      await removeBarePod(barePod);
      await removeTasks([task]);
      await withdraw([rows], id);
      return undefined;
    },
  };
  const found = (): MpcFigures[] => MEASURED.flatMap(({ operator, parameters }) => figuresOf(operator, parameters, rows, receipts, bare.get(operator)));
  return { steps, cleanUp: [cleanUp], found };
}

function figuresOf(operator: string, parameters: object, rows: number, receipts: readonly MeasuredReceipt[], bare: BareRun | undefined): MpcFigures[] {
  const both = receipts.filter(({ step }) => step === stepName(operator));
  if (bare === undefined || both.length === 0) return [];
  const worst = (read: (receipt: MeasuredReceipt) => number): number => Math.max(...both.map(read));
  const compute = worst(({ phases }) => phases.compute);
  return [
    {
      operator,
      parameters: Object.entries(parameters).map(([name, value]) => `${name} ${String(value)}`).join(', '),
      rows,
      columns: 2 * COLUMNS,
      task: {
        compute,
        memory: worst(({ peakMemory }) => peakMemory.engine),
        exchanged: worst(({ transcripts }) => Object.values(transcripts).reduce((sum, { sentBytes, receivedBytes }) => sum + sentBytes + receivedBytes, 0)),
      },
      bare: { compute: bare.seconds.compute, memory: bare.peakRssBytes, exchanged: bare.exchangedBytes },
      ratio: compute / bare.seconds.compute,
    },
  ];
}

function taskSteps(asset: string): Parameters<typeof proposeSteps>[0] {
  const columns = { a: names('a'), b: [...names('b'), 'label'] };
  const both = ['a', 'b'];
  const roles = { compute: both, receivers: both };
  const inputs = (from: object) => [
    { name: 'left', party: 'a', ...from, keys: ['id'], columns: columns.a },
    { name: 'right', party: 'b', ...from, keys: ['id'], columns: columns.b },
  ];
  return [
    { name: 'join', operator: 'Join', algorithm: { name: 'psi', version: '1.0.0' }, roles, inputs: inputs({ asset }), outputs: [{ name: 'rows', receivers: both }] },
    ...MEASURED.map(({ operator, parameters }) => ({
      name: stepName(operator),
      operator,
      algorithm: { name: 'mpc', version: '1.0.0' },
      roles,
      inputs: inputs({ from: { step: 'join', output: 'rows' } }),
      parameters,
      outputs: [{ name: 'result', receivers: both }],
    })),
  ];
}

function names(prefix: string): string[] {
  return Array.from({ length: COLUMNS }, (_, n) => `${prefix}${n}`);
}

function stepName(operator: string): string {
  return operator.toLowerCase();
}
