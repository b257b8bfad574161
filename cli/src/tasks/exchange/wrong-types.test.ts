import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse, stringify } from 'yaml';
import { CliError } from '../../base/errors.ts';
import type { Path } from './finding.ts';
import { fromWorkflow } from './from-workflow.ts';
import { taskFromManifest } from './source-task.ts';
import { exported } from './testing-workflow.ts';
import { exampleText } from './testing.ts';

const WRONG: readonly unknown[] = [null, 0, true, '', '${ .x }', [], {}, [null], { x: null }];

/** Every place in a value, the value itself first. */
function places(value: unknown, at: Path = []): Path[] {
  const below = typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([name, each]) => places(each, [...at, Array.isArray(value) ? Number(name) : name])) : [];
  return [at, ...below];
}

/** A copy with another value at a place. */
function replaced(value: unknown, [first, ...rest]: Path, by: unknown): unknown {
  if (first === undefined) return by;
  if (Array.isArray(value)) return value.map((each: unknown, i) => (i === first ? replaced(each, rest, by) : each));
  const map = value as Record<string, unknown>;
  return { ...map, [first]: replaced(map[first], rest, by) };
}

function neverCrashes(text: string, read: (text: string) => unknown): void {
  const value: unknown = parse(text);
  let refused = 0;
  for (const place of places(value)) {
    for (const wrong of WRONG) {
      const file = stringify(replaced(value, place, wrong));
      try {
        read(file);
      } catch (error) {
        assert.ok(error instanceof CliError, `${place.join('.')} = ${JSON.stringify(wrong)}: ${(error as Error).stack}`);
        assert.doesNotMatch(error.message, /undefined|\[object|Invalid input/, `${place.join('.')} = ${JSON.stringify(wrong)}`);
        refused += 1;
      }
    }
  }
  assert.ok(refused > 100);
}

describe('a wrong value at any place is a finding, never a crash', () => {
  it('of a workflow', () => neverCrashes(exported('difference'), (text) => fromWorkflow(text, 'w.yaml')));
  it('of a manifest', () => neverCrashes(exampleText('difference'), (text) => taskFromManifest(text, 't.yaml')));
});
