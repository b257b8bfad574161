import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Logger } from './logger.ts';
import { createLogger } from './logger.ts';

function capture(): { logger: Logger; lines: () => Record<string, unknown>[] } {
  const raw: string[] = [];
  const logger = createLogger('unit', { level: 'debug', destination: { write: (line) => raw.push(line) } });
  return { logger, lines: () => raw.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

test('a line is JSON with name, level, time and fields', () => {
  const { logger, lines } = capture();
  logger.info({ task: 't1' }, 'started');
  logger.debug('plain');
  logger.trace('too fine');
  const [first, second] = lines();
  assert.equal(first?.['name'], 'unit');
  assert.equal(first?.['level'], 'info');
  assert.equal(first?.['task'], 't1');
  assert.equal(first?.['msg'], 'started');
  assert.ok(!Number.isNaN(Date.parse(String(first?.['time']))));
  assert.equal(second?.['msg'], 'plain');
  assert.equal(lines().length, 2);
});

test('no secret reaches a line: fields, nested fields, child bindings, messages, errors', () => {
  const { logger, lines } = capture();
  const child = logger.child({ key: 'ns/name', token: 'tok-1' });
  child.warn({ connection: { creds: 'cred-2', deep: [{ privateKey: 'pk-3' }] } }, 'login with password=pw-4 failed');
  child.error({ err: Object.assign(new Error('secret: s-5'), { authorization: 'a-6' }) }, 'oh');
  const text = JSON.stringify(lines());
  for (const secret of ['tok-1', 'cred-2', 'pk-3', 'pw-4', 's-5', 'a-6']) assert.ok(!text.includes(secret), secret);
  assert.equal(lines()[0]?.['key'], 'ns/name');
  assert.match(JSON.stringify(lines()[1]), /"type":"Error"/);
});
