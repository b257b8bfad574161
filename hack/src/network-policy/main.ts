/**
 * TEST EQUIPMENT: enforces NetworkPolicies on the one node of the local cluster, because no maintained enforcer can
 * be built from a Go module. It shows that the policies of the charts do what they say; it is not for production.
 * IPv4 only; connections that are already open are not cut when a policy becomes stricter.
 */
import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { layout } from '../cluster/layout.ts';
import { ApiReader } from '../lib/api-reader.ts';
import { HackError } from '../lib/hack-error.ts';
import { runMain } from '../lib/main-guard.ts';
import { Enforcer } from './enforcer.ts';
import { announcementShape } from './pod-view.ts';

function report(line: string): void {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

runMain(async () => {
  const [kubeconfig, socket] = process.argv.slice(2);
  if (kubeconfig === undefined || socket === undefined) throw new HackError('BAD_ARGUMENT', 'usage: main.ts KUBECONFIG SOCKET');
  const enforcer = new Enforcer(new ApiReader(kubeconfig), { table: layout.policyTable, podRange: layout.podRange }, report);
  const server = createServer((request, response) => {
    readJson(request)
      .then((body) => enforcer.announce(announcementShape.parse(body)))
      .then(() => response.writeHead(204).end())
      .catch((error: unknown) => {
        report(`announcement refused: ${String(error)}`);
        response.writeHead(500).end(String(error));
      });
  });
  rmSync(socket, { force: true });
  server.listen(socket, () => report(`listening on ${socket}`));
  await enforcer.run();
});
