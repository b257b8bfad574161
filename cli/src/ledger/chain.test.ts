import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import { exportLines } from './chain.ts';

const LINES = Array.from({ length: 5000 }, (_, number) => `{"block":${number},"padding":"${'x'.repeat(100)}"}`);

describe('export of a chain', () => {
  let server: Server;
  let cut = false;
  const port = (): number => (server.address() as AddressInfo).port;

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

  it('loses no line, however slowly it is read', async () => {
    const lines = exportLines(port());
    await sleep(50);
    const seen: string[] = [];
    for await (const line of lines) {
      if (seen.length === 0) await sleep(100);
      seen.push(line);
    }
    assert.equal(seen.length, LINES.length);
    assert.deepEqual(seen, LINES);
  });

  it('that is cut off is not taken for a whole one', async () => {
    cut = true;
    await assert.rejects(async () => {
      for await (const line of exportLines(port())) assert.ok(line);
    });
  });
});
