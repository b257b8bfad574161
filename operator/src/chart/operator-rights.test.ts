import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { findBinary } from '../testing/index.ts';

interface Role {
  kind: string;
  metadata: { name: string };
  rules: { apiGroups: string[]; resources: string[]; verbs: string[] }[];
}

const chart = join(import.meta.dirname, '..', '..', '..', 'charts', 'institution');

/** Groups of kinds in which the operator has any right. */
function groups(...values: string[]): string[] {
  const { stdout } = spawnSync(findBinary('helm'), ['template', 'institution', chart, '--namespace', 'bank-a', ...values.flatMap((value) => ['--set', value])], { encoding: 'utf8' });
  const role = parseAllDocuments(stdout).map((one) => one.toJSON() as Role | null).find((one) => one?.kind === 'Role' && one.metadata.name === 'operator');
  return [...new Set(role?.rules.flatMap(({ apiGroups }) => apiGroups))].sort();
}

test('the operator may write Certificates of cert-manager only where that was asked for', () => {
  const usual = groups();
  assert.ok(usual.includes('collabnet.dev') && !usual.includes('cert-manager.io'), usual.join());
  assert.deepEqual(groups('fabric.certManager=true'), [...usual, 'cert-manager.io'].sort());
});
