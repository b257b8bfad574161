import { partOptions, type PartOptions } from '../bench/part-options.ts';
import { SCALE_PARTS, type ScalePart } from './scale-figures.ts';

const SIZES = ['sizes', 'on-ledger', 'tasks', 'rate-minutes', 'cuts', 'churn-minutes', 'kills', 'objects'];
const QUICK = ['--sizes', '20,40', '--on-ledger', '20', '--tasks', '20', '--rate-minutes', '0.2', '--cuts', '3', '--churn-minutes', '0.3', '--kills', '1', '--objects', '10'];

/** Sizes are handed on to `operator/dist/scale/main.js`. @throws HackError BAD_ARGUMENT that names the option */
export function benchScaleOptions(args: readonly string[]): PartOptions<ScalePart> {
  return partOptions(args, { parts: SCALE_PARTS, sizes: SIZES, quick: QUICK });
}
