import { join } from 'node:path';
import { StoreError } from './errors.ts';

/** Names one output of one step of one flow. */
export interface ResultId {
  readonly flowId: string;
  readonly step: string;
  readonly output: string;
}

/** Safe as a file name on every system, so that no id can leave its directory. */
const part = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?$/;

/** @throws StoreError INVALID_ARGUMENT naming the part */
export function resultId(flowId: string, step: string, output: string): ResultId {
  for (const [field, value] of Object.entries({ flowId, step, output })) {
    if (!part.test(value) || value.includes('..')) throw new StoreError('INVALID_ARGUMENT', `${field}: 1 to 128 letters, digits, dots, dashes and underscores.`, { field });
  }
  return { flowId, step, output };
}

export function resultPath(root: string, id: ResultId): string {
  return join(root, 'results', id.flowId, id.step, `${id.output}.sealed`);
}
