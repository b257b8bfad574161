import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outsideWindow } from './clock-window.ts';
import { loadConfig } from './config.ts';

test('the environment is checked, and an error names the variable', () => {
  const config = loadConfig({ CHAINCODE_ID: 'collabnet_1:ab' });
  assert.deepEqual([config.clockWindowMs, config.tls, config.networkId], [60_000, undefined, undefined]);
  assert.equal(loadConfig({ CHAINCODE_ID: 'x', CLOCK_WINDOW_MS: 'off' }).clockWindowMs, undefined);
  for (const [environment, message] of [
    [{}, /CHAINCODE_ID/],
    [{ CHAINCODE_ID: 'x', CLOCK_WINDOW_MS: '0' }, /CLOCK_WINDOW_MS/],
    [{ CHAINCODE_ID: 'x', NETWORK_ID: 'mine' }, /NETWORK_ID/],
    [{ CHAINCODE_ID: 'x', CHAINCODE_TLS_KEY: '/key.pem' }, /set both/],
  ] as const) {
    assert.throws(() => loadConfig(environment), message);
  }
});

test('a time outside the window is refused with both clocks', () => {
  assert.equal(outsideWindow(1_000, 61_000, 60_000), undefined);
  assert.equal(outsideWindow(61_000, 1_000, 60_000), undefined);
  const refusal = outsideWindow(0, 60_001, 60_000);
  assert.deepEqual([refusal?.code, refusal?.now], ['CLOCK_SKEW', 60_001]);
  assert.match(refusal?.message ?? '', /1970-01-01T00:00:00.000Z.*1970-01-01T00:01:00.001Z/);
});
