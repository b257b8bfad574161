import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONTRACTS_VERSION, ContractError } from '@collabnet/contracts';
import type { SignedTransaction } from '@collabnet/envelope';
import { contractsOf, fromArguments, toArguments, type CallArguments } from './call-arguments.ts';
import { findRefusal, refusalOf } from './refusal.ts';

test('arguments are read as they were written', () => {
  const tx = { payload: { a: 1 }, signature: 'x' } as unknown as SignedTransaction;
  const calls: CallArguments[] = [{ name: 'ping' }, { name: 'submit', tx, seenHeight: 12 }, { name: 'upgrade', seenHeight: 3 }];
  for (const call of calls) assert.deepEqual(fromArguments(toArguments(call)), call);
  for (const call of calls.slice(1)) {
    assert.deepEqual(fromArguments(toArguments(call, '9.0.0'), '9.0.0'), call);
    assert.throws(() => fromArguments(toArguments(call, '9.0.0')), { code: 'CONTRACTS_MISMATCH' });
    assert.equal(contractsOf(toArguments(call, '9.0.0')), '9.0.0');
  }
  assert.equal(contractsOf(['ping', '9.0.0']), undefined);
});

test('what is no call is refused with what to do', () => {
  const bad: [string[], object][] = [
    [[], { code: 'CALL_INVALID' }],
    [['steal'], { code: 'CALL_INVALID' }],
    [['ping', 'x'], { code: 'CALL_INVALID' }],
    [['submit', '0.0.0', '1', '{}'], { code: 'CONTRACTS_MISMATCH' }],
    [['submit', CONTRACTS_VERSION, '01', '{}'], { code: 'HEIGHT_INVALID' }],
    [['submit', CONTRACTS_VERSION, '1', '{'], { code: 'CALL_INVALID' }],
    [['submit', CONTRACTS_VERSION, '1', '{}', 'more'], { code: 'CALL_INVALID' }],
    [['upgrade', CONTRACTS_VERSION, '1', '{}'], { code: 'CALL_INVALID' }],
    [['upgrade', CONTRACTS_VERSION, '-1'], { code: 'HEIGHT_INVALID' }],
  ];
  for (const [args, error] of bad) assert.throws(() => fromArguments(args), error, JSON.stringify(args));
});

test('a refusal is found in what peers and gateways make of it', () => {
  const refusal = refusalOf(new ContractError('FORBIDDEN', 'braces {"x":1} and more', { field: 'a.b' }));
  assert.deepEqual(refusal, { code: 'FORBIDDEN', message: 'braces {"x":1} and more', field: 'a.b' });
  assert.deepEqual(findRefusal(`chaincode response 500, ${JSON.stringify(refusal)}`), refusal);
  for (const text of ['', 'failed to connect', '{"code":1}', '{"code":"X"']) assert.equal(findRefusal(text), undefined);
  assert.equal(refusalOf(new Error('a fault of our own')), undefined);
});
