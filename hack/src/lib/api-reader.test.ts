import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { stringify } from 'yaml';
import { ApiReader } from './api-reader.ts';

const folder = mkdtempSync(join(tmpdir(), 'collabnet-kubeconfig-'));
after(() => rmSync(folder, { recursive: true }));

function kubeconfigOf(user: object, clusters = [{ name: 'c', cluster: { server: 'https://[::1]:6443', 'certificate-authority-data': 'Y2E=' } }]): string {
  const path = join(folder, 'kubeconfig');
  writeFileSync(path, stringify({ apiVersion: 'v1', kind: 'Config', clusters, users: [{ name: 'u', user }] }));
  return path;
}

test('only a kubeconfig with one cluster and a client certificate in it can be read without kubectl', () => {
  const certificate = { 'client-certificate-data': 'Y2VydA==', 'client-key-data': 'a2V5' };
  assert.equal(ApiReader.isSelfContained(kubeconfigOf(certificate)), true);
  assert.equal(ApiReader.isSelfContained(kubeconfigOf({ token: 'x' })), false);
  assert.equal(ApiReader.isSelfContained(kubeconfigOf({ exec: { command: 'login' } })), false);
  assert.equal(ApiReader.isSelfContained(kubeconfigOf(certificate, [])), false);
  assert.throws(() => new ApiReader(kubeconfigOf({ token: 'x' })), { code: 'BAD_KUBECONFIG', message: /not one cluster and one user with a client certificate/ });
});
