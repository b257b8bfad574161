import { createServer, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { LedgerNode } from '@collabnet/ledger';

const BLOCKS_PER_READ = 200;

/**
 * Serves `GET /v1/export`: the whole chain, one block as JSON a line, as `collabnet ledger verify` reads it. Bound to
 * loopback: it is reached by port-forward, which the cluster authorises.
 */
export async function startExportServer(node: LedgerNode, port: number, host = '127.0.0.1'): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/v1/export') {
      response.writeHead(404, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify({ title: 'Not found', status: 404, detail: 'the only path is GET /v1/export' }));
      return;
    }
    writeChain(node, response).catch(() => response.destroy());
  });
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

async function writeChain(node: LedgerNode, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/jsonl' });
  const last = node.head().height;
  for (let from = 0; from <= last; from += BLOCKS_PER_READ) {
    for (const block of node.blocks(from, BLOCKS_PER_READ)) {
      if (block.header.height > last || response.destroyed) break;
      if (!response.write(`${JSON.stringify(block)}\n`)) await once(response, 'drain');
    }
  }
  response.end();
}
