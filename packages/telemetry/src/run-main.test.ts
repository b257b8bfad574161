import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';

const sample = import.meta.resolve(
  import.meta.filename.endsWith('.ts') ? './testing/sample-main.ts' : './testing/sample-main.js',
);

/** Runs the sample process and sends the signals, one after each line that says it is up or stopping. */
function run(behaviour: string, signals: NodeJS.Signals[] = []): Promise<{ code: number | null; messages: string[] }> {
  const child = spawn(process.execPath, [new URL(sample).pathname, behaviour], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  let handled = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    const steps = text.match(/"msg":"(up|stopping)"/g)?.length ?? 0;
    for (; handled < steps; handled++) if (signals[handled]) child.kill(signals[handled]);
  });
  return new Promise((resolve) => {
    child.once('close', (code) => {
      const lines = text.trim().split('\n').filter(Boolean);
      resolve({ code, messages: lines.map((line) => (JSON.parse(line) as { msg: string }).msg) });
    });
  });
}

test('SIGTERM ends main, runs the clean-ups in reverse, and exits 0', async () => {
  const { code, messages } = await run('wait', ['SIGTERM']);
  assert.equal(code, 0);
  assert.deepEqual(messages, ['up', 'stopping', 'last registered', 'first registered']);
});

test('a main that returns ends the process with 0', async () => {
  assert.deepEqual(await run('return'), { code: 0, messages: ['last registered', 'first registered'] });
});

test('error codes become exit codes; clean-ups run all the same', async () => {
  const expected = {
    LEADERSHIP_LOST: 75,
    KUBE_CONFIG: 78,
    LEDGER_UNAVAILABLE: 69,
    KUBE_FORBIDDEN: 77,
    SPECIAL: 42,
    ANYTHING: 1,
  };
  const runs = Object.entries(expected).map(async ([name, exit]) => {
    const { code, messages } = await run(`code:${name}`);
    assert.equal(code, exit, name);
    assert.deepEqual(messages, ['failed', 'last registered', 'first registered']);
  });
  await Promise.all(runs);
});

test('an unhandled rejection is logged and ends the process with 1', async () => {
  const { code, messages } = await run('rejection');
  assert.equal(code, 1);
  assert.ok(messages.includes('unhandled rejection'));
});

test('a main that ignores the signal is ended by the time limit, or by a second signal', async () => {
  const [late, forced] = await Promise.all([run('stubborn', ['SIGTERM']), run('stubborn', ['SIGTERM', 'SIGINT'])]);
  assert.equal(late.code, 1);
  assert.ok(late.messages.includes('shutdown took too long'));
  assert.equal(forced.code, 130);
});
