import { parseArgs } from 'node:util';

export const PARTS = ['finish', 'rate', 'disconnects', 'churn', 'fail-over', 'cert-manager', 'resources'] as const;
export type Part = (typeof PARTS)[number];

export interface ScaleOptions {
  readonly parts: readonly Part[];
  /** Numbers of finished tasks, ascending. */
  readonly sizes: readonly number[];
  /** Finished tasks with transactions on the ledger; the rest are objects alone. */
  readonly onLedger: number;
  readonly tasks: number;
  readonly rateMinutes: number;
  readonly cuts: number;
  readonly churnMinutes: number;
  readonly kills: number;
  readonly objects: number;
  readonly certManager?: { readonly binary: string; readonly crds: string };
  /** File for the figures. */
  readonly out: string;
}

/** @throws TypeError for an unknown option or part */
export function scaleOptions(args: readonly string[]): ScaleOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { parts: text, sizes: text, 'on-ledger': text, tasks: text, 'rate-minutes': text, cuts: text, 'churn-minutes': text, kills: text, objects: text, 'cert-manager': text, 'cert-manager-crds': text, out: text },
  });
  const parts = (values.parts ?? PARTS.join(',')).split(',').map((name) => {
    const part = PARTS.find((each) => each === name);
    if (part === undefined) throw new TypeError(`--parts ${name}: give some of ${PARTS.join(',')}`);
    return part;
  });
  const number = (option: keyof typeof values, usual: number): number => {
    const value = Number(values[option] ?? usual);
    if (!(value > 0)) throw new TypeError(`--${option} ${values[option] ?? ''}: give a number above 0`);
    return value;
  };
  const { 'cert-manager': binary, 'cert-manager-crds': crds } = values;
  const sizes = (values.sizes ?? '10000,50000').split(',').map(Number);
  return {
    parts,
    sizes,
    onLedger: number('on-ledger', Math.min(10_000, ...sizes)),
    tasks: number('tasks', 1_000),
    rateMinutes: number('rate-minutes', 10),
    cuts: number('cuts', 100),
    churnMinutes: number('churn-minutes', 20),
    kills: number('kills', 3),
    objects: number('objects', 500),
    ...(binary !== undefined && crds !== undefined ? { certManager: { binary, crds } } : {}),
    out: values.out ?? 'scale.json',
  };
}
