import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import { LedgerSource } from './source.ts';

const LINES = Array.from({ length: 5000 }, (_, number) => `{"block":${number},"padding":"${'x'.repeat(100)}"}`);

describe('lines of an export', () => {
  let server: Server;
  let cut = false;
  const source = (): LedgerSource => new LedgerSource(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`));

  before(async () => {
    server = createServer((_request, response) => {
      response.writeHead(200);
      if (!cut) return void response.end(`${LINES.join('\n')}\n`);
      response.write(`${LINES.slice(0, 10).join('\n')}\n`);
      return void setTimeout(() => response.destroy(), 50);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => server.close());

  it('are not lost, however slowly they are read', async () => {
    const lines = source().lines('export');
    await sleep(50);
    const seen: string[] = [];
    for await (const line of lines) {
      if (seen.length === 0) await sleep(100);
      seen.push(line);
    }
    assert.deepEqual(seen, LINES);
  });

  it('that are cut off are not taken for whole ones', async () => {
    cut = true;
    await assert.rejects(async () => {
      for await (const line of source().lines('export')) assert.ok(line);
    });
    await assert.rejects(source().get('blocks'), { code: 'TRANSFER_FAILED' });
  });
});
