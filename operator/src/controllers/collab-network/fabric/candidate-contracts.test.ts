import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contractsHold } from './candidate-contracts.ts';
import { definitionVersion } from './own-contracts.ts';

const [A, B] = ['aa'.repeat(32), 'bb'.repeat(32)];
const own = { version: '1.4.0', digest: A };

test('an institution is taken in with the contracts in force and with no others, and is told both and what to do', () => {
  const hold = (version: string, digest: string): ReturnType<typeof contractsHold> => contractsHold(own, definitionVersion({ version, digest }));
  assert.equal(hold('1.4.0', A), undefined);
  for (const [version, digest, reason, fix] of [
    ['1.4.0', B, 'ContractsOutdated', /Install the release that the network runs$/],
    ['1.5.0', A, 'ContractsOutdated', /Install the release that the network runs$/],
    ['1.3.0', A, 'ContractsAwaitingApproval', /or wait until its members have put 1\.4\.0 into force$/],
  ] as const) {
    const problem = hold(version, digest);
    assert.equal(problem?.reason, reason, version);
    for (const named of [definitionVersion({ version, digest }), definitionVersion(own)]) assert.ok(problem.message.includes(named), problem.message);
    assert.match(problem.message, fix);
  }
  assert.equal(contractsHold(own, undefined)?.reason, 'ContractsAwaitingApproval');
});
