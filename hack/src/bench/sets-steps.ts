import { runPair, type PairFigures, type Side } from '../bench-engines/engine-pair.ts';
import type { Step } from '../lib/progress.ts';
import { offerTables, tableName, withdraw } from './bench-data.ts';
import { consent, podsGone, proposeSteps, reach, removeTasks } from './bench-task.ts';
import { exportChain, receiptsOf, type MeasuredReceipt } from './ledger-times.ts';
import type { SetsFigures } from './performance-figures.ts';

/** Sizes of tables that banks have. */
interface Sizes {
  /** Keys that bank B asks for. */
  readonly asked: number;
  readonly few: number;
  readonly many: number;
}

/** One operator as a step of the task, and as bare engines are asked for it. */
interface Measured {
  readonly operator: 'Cardinality' | 'Union' | 'PrivateQuery' | 'Deliver';
  readonly parameters: Readonly<Record<string, string | number>>;
  /** Rows of bank A's table, and of bank B's. */
  readonly rows: readonly [number, number];
  readonly receiver: 'a' | 'b';
  /** Whether each gives its column beside the key. */
  readonly columns: readonly [boolean, boolean];
  readonly bare: { readonly parameters: Readonly<Record<string, unknown>>; readonly sides: readonly [Side | null, Side | null]; readonly lines: number };
}

const LONGEST_MS = 3_600_000;
const CURVE = { curve: 'RISTRETTO255' };

/** Bank B's tables begin in the middle of bank A's of the same size. */
function measured({ asked, few, many }: Sizes): Measured[] {
  const [ofA, ofB]: [Side, Side] = [{ first: 0, rows: few }, { first: few / 2, rows: few }];
  const served: Side = { first: 0, rows: many, values: true };
  const query = { operation: 'PrivateQuery', server: 'a', client: 'b', receivers: ['b'], maximumQueries: asked + 1, valueColumns: ['amount'], ...CURVE };
  return [
    { operator: 'Cardinality', parameters: { curve: 'Curve25519' }, rows: [few, few], receiver: 'a', columns: [false, false], bare: { parameters: { operation: 'Cardinality', ...CURVE }, sides: [ofA, ofB], lines: 1 } },
    { operator: 'Union', parameters: { curve: 'Curve25519' }, rows: [few, few], receiver: 'a', columns: [false, false], bare: { parameters: { operation: 'Union', ...CURVE }, sides: [ofA, ofB], lines: few * 1.5 } },
    { operator: 'PrivateQuery', parameters: { curve: 'Curve25519', maximumQueries: asked }, rows: [many, asked], receiver: 'b', columns: [true, false], bare: { parameters: query, sides: [served, { first: asked / 2, rows: asked }], lines: asked } },
    { operator: 'Deliver', parameters: {}, rows: [many, 0], receiver: 'b', columns: [true, false], bare: { parameters: { operation: 'Deliver', giver: 'a', receivers: ['b'] }, sides: [served, null], lines: many } },
  ];
}

/** The part `sets`: steps of the engine for sets. @param id of this run of the bench; in the names of all that it makes */
export function setsSteps(sizes: Sizes, id: string): { readonly steps: readonly Step[]; readonly cleanUp: readonly Step[]; readonly found: () => SetsFigures[] } {
  const task = `bench-sets-${id}`;
  const all = measured(sizes);
  const tables = [...new Set(all.flatMap(({ rows }) => rows))].filter((rows) => rows > 0);
  const bare = new Map<string, PairFigures>();
  let receipts: readonly MeasuredReceipt[] = [];
  const steps: Step[] = [
    {
      title: `Tables of ${tables.join(', ')} rows at both banks`,
      work: async () => {
        await offerTables(tables, id);
        return undefined;
      },
    },
    {
      title: `One task: ${all.map(({ operator }) => operator).join(', ')}`,
      work: async () => {
        const waiting = await proposeSteps(all.map((each) => stepOf(each, id)), 'intl', task);
        await consent(waiting);
        await reach(task, ['Succeeded'], LONGEST_MS);
        await podsGone(waiting);
        receipts = receiptsOf(await exportChain(), waiting.flowId);
        return undefined;
      },
    },
    ...all.map(({ operator, bare: { parameters, sides, lines } }): Step => ({
      title: `${operator} with bare engines`,
      work: async () => {
        const run = await runPair({ engine: 'sets', parameters, rows: 0, sides, lines });
        bare.set(operator, run);
        return `${run.seconds.toFixed(2)} s`;
      },
    })),
  ];
  const cleanUp: Step = {
    title: 'The task, its tables and volumes are removed',
    work: async () => {
      await removeTasks([task]);
      await withdraw(tables, id);
      return undefined;
    },
  };
  return { steps, cleanUp: [cleanUp], found: () => all.flatMap((each) => figuresOf(each, receipts, bare.get(each.operator))) };
}

function figuresOf({ operator, parameters, rows: [rowsOfA, rowsOfB] }: Measured, receipts: readonly MeasuredReceipt[], bare: PairFigures | undefined): SetsFigures[] {
  const both = receipts.filter(({ step }) => step === stepName(operator));
  if (bare === undefined || both.length === 0) return [];
  const worst = (read: (receipt: MeasuredReceipt) => number): number => Math.max(...both.map(read));
  const compute = worst(({ phases }) => phases.compute);
  const exchanged = worst(({ transcripts }) => Object.values(transcripts).reduce((sum, { sentBytes, receivedBytes }) => sum + sentBytes + receivedBytes, 0));
  const words = Object.entries(parameters).map(([name, value]) => `${name} ${value}`).join(', ');
  return [
    { operator, parameters: words, rowsOfA, rowsOfB, task: { compute, memory: worst(({ peakMemory }) => peakMemory.engine), exchanged }, bare: { compute: bare.seconds, memory: bare.peakMemory }, ratio: compute / bare.seconds },
  ];
}

function stepOf({ operator, parameters, rows, receiver, columns }: Measured, id: string): Parameters<typeof proposeSteps>[0][number] {
  const inputs = (['a', 'b'] as const).flatMap((party, at) => {
    const count = rows[at] ?? 0;
    return count === 0 ? [] : [{ name: `of-${party}`, party, asset: tableName(count, id), keys: ['id'], columns: columns[at] === true ? ['amount'] : [] }];
  });
  return {
    name: stepName(operator),
    operator,
    algorithm: { name: 'sets', version: '1.0.0' },
    roles: { compute: ['a', 'b'], receivers: [receiver] },
    inputs,
    parameters,
    outputs: [{ name: 'result', receivers: [receiver] }],
  };
}

function stepName(operator: string): string {
  return operator.toLowerCase();
}
