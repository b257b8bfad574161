import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

// The state folder is read from the environment when the module is loaded.
const state = mkdtempSync(join(tmpdir(), 'collabnet-process-'));
process.env['COLLABNET_CLUSTER_DIR'] = state;
const { identify, runningPid, start, stop } = await import('./process.ts');

after(() => rmSync(state, { recursive: true, force: true }));

describe('cluster processes', () => {
  it('starts once, reports it and stops it', async () => {
    const program = { name: 'sleeper', command: 'sleep', args: ['60'] };
    assert.equal(await start(program), 'started');
    const pid = runningPid('sleeper');
    assert.ok(pid);
    assert.equal(await start(program), 'running');
    assert.equal(runningPid('sleeper'), pid);
    await stop('sleeper');
    assert.equal(runningPid('sleeper'), undefined);
    assert.equal(identify(pid), undefined);
  });

  it('kills what ignores SIGTERM', async () => {
    await start({ name: 'stubborn', command: process.execPath, args: ['-e', 'process.on("SIGTERM",()=>{});setInterval(()=>{},1e9)'] });
    await new Promise((resolve) => setTimeout(resolve, 500));
    await stop('stubborn', 200);
    assert.equal(runningPid('stubborn'), undefined);
  });

  it('never touches another process that was given the recorded pid', async () => {
    const other = spawn('sleep', ['60'], { stdio: 'ignore' });
    await once(other, 'spawn');
    mkdirSync(join(state, 'pids'), { recursive: true });
    writeFileSync(join(state, 'pids', 'reused.json'), JSON.stringify({ pid: other.pid, startTicks: '1', executable: '/bin/sleep' }));
    assert.equal(runningPid('reused'), undefined);
    await stop('reused');
    assert.equal(other.exitCode, null);
    assert.ok(identify(other.pid ?? 0));
    other.kill();
    await once(other, 'exit');
  });
});
