import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { LuaFactory, type LuaEngine } from 'wasmoon';
import { parse } from 'yaml';
import { packageRoot } from './testing/samples.ts';

interface HealthCase {
  healthStatus: { status: string; message: string };
  inputPath: string;
}

const directory = join(packageRoot, 'health');
const { tests } = parse(readFileSync(join(directory, 'health_test.yaml'), 'utf8')) as { tests: HealthCase[] };

describe('Argo CD health check', () => {
  let lua: LuaEngine;
  before(async () => {
    // Plain Lua tables, as Argo CD hands them over, not proxies of JavaScript objects.
    lua = await new LuaFactory().createEngine({ enableProxy: false });
  });
  after(() => lua.global.close());

  for (const { inputPath, healthStatus } of tests) {
    it(`${inputPath} is ${healthStatus.status}`, async () => {
      lua.global.set('obj', parse(readFileSync(join(directory, inputPath), 'utf8')));
      const result: unknown = await lua.doString(readFileSync(join(directory, 'health.lua'), 'utf8'));
      assert.deepEqual({ ...(result as object) }, healthStatus);
    });
  }
});
