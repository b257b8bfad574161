import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { packageRoot } from '../testing/samples.ts';
import { staleFiles } from './files.ts';
import { structural } from './structural.ts';

describe('generated files', () => {
  it('are what the schemas say', () => {
    assert.deepEqual(staleFiles(join(packageRoot, '..')), [], "run 'make generate'");
  });

  it('never contain a union, which is not structural', () => {
    const union = z.object({ a: z.discriminatedUnion('type', [z.object({ type: z.literal('x') }), z.object({ type: z.literal('y') })]) });
    assert.throws(() => structural(union, 'Kind.spec'), /Kind\.spec\.a: 'oneOf' is not structural/);
  });

  it('drop what the API server refuses or does not need', () => {
    const schema = structural(z.strictObject({ count: z.int(), many: z.record(z.string(), z.string()) }), 'Kind.spec');
    assert.deepEqual(schema, {
      type: 'object',
      properties: {
        count: { type: 'integer', format: 'int64' },
        many: { type: 'object', additionalProperties: { type: 'string' } },
      },
      required: ['count', 'many'],
    });
  });
});
