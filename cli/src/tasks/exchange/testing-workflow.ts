import assert from 'node:assert/strict';
import { parse, stringify } from 'yaml';
import { CliError } from '../../base/errors.ts';
import { exportTask } from './exports.ts';
import { fromWorkflow } from './from-workflow.ts';
import { example } from './testing.ts';

/** A workflow as read, to be made wrong at will. */
export interface Loose {
  document: Record<string, unknown>;
  do: Record<string, LooseCall>[];
  timeout?: unknown;
}
export interface LooseCall {
  call: unknown;
  with: Record<string, Record<string, unknown>> & { inputs: Record<string, unknown>[] };
}
/** Puts any members into a part of it. */
export type Put = (part: object, members: Readonly<Record<string, unknown>>) => void;
export const put: Put = (part, members) => void Object.assign(part, members);
export const remove = (part: object, member: string): void => void Reflect.deleteProperty(part, member);

export const exported = (name: string): string => exportTask(example(name), 'serverless-workflow', { domains: {} });
/** An exported example, changed and written again. */
export const changed = (change: (workflow: Loose) => void, name = 'intersection'): string => {
  const workflow = parse(exported(name)) as Loose;
  change(workflow);
  return stringify(workflow);
};
/** The call of a step. */
export const step = (workflow: Loose, name = 'match'): LooseCall => workflow.do.find((entry) => Object.hasOwn(entry, name))?.[name] ?? assert.fail(name);
export const terms = ({ document }: Loose): Record<string, unknown> & { parties: object[] } => (document['metadata'] as { collabnet: Record<string, unknown> & { parties: object[] } }).collabnet;
export const add = (workflow: Loose, entry: unknown): void => void (workflow.do as unknown[]).push(entry);

/** A text as a regular expression that finds it. */
export const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Every line of the message that refuses a file. */
export function refusal(text: string): string[] {
  try {
    fromWorkflow(text, 'w.yaml');
  } catch (error) {
    assert.ok(error instanceof CliError, String(error));
    assert.equal(error.code, 'FILE_FAILED');
    return error.message.split('\n').map((line) => line.trim());
  }
  return assert.fail('was not refused');
}

/** Checks that a file is refused for exactly these findings; each begins with its line. */
export function refused(text: string, ...wanted: RegExp[]): void {
  const [, ...found] = refusal(text);
  assert.equal(found.length, wanted.length, found.join('\n'));
  wanted.forEach((each) => assert.ok(found.some((line) => each.test(line)), `${String(each)} in\n${found.join('\n')}`));
}
