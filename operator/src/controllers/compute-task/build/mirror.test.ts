import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validateComputeTask } from '@collabnet/crds';
import { flowId, flowSpecFromTask } from '@collabnet/flow';
import { DID_A, fixture, NETWORK_ID } from '../testing/fixtures.ts';
import { mirrorOf } from './mirror.ts';
import { mirrorName } from './names.ts';

test('a mirror is a valid task from which the id of the flow can be computed again', () => {
  const { flow, sealed } = fixture();
  const mirror = mirrorOf(flow, sealed, 'net');
  const checked = validateComputeTask(mirror);
  assert.ok(checked.ok, checked.ok ? '' : checked.errors.join('\n'));
  const proposedAs = mirror.metadata.annotations?.['collabnet.dev/proposed-as'] ?? '';
  assert.equal(flowId(NETWORK_ID, DID_A, proposedAs, flowSpecFromTask(mirror.spec)), flow.flowId);
  assert.equal(mirror.metadata.labels?.['collabnet.dev/mirror'], 'true');
});

test('the name of a mirror is a label, whatever the proposer calls itself', () => {
  const did = (code: string): string => `did:collab:${'5a'.repeat(16)}:${code}`;
  assert.equal(mirrorName(did('bank.a'), 'ns/psi', 'abcdef0123456789'), 'bank-a-psi-abcdef01');
  const long = mirrorName(did('a'.repeat(60)), `ns/${'t'.repeat(60)}`, 'abcdef0123456789');
  assert.ok(long.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(long), long);
});
