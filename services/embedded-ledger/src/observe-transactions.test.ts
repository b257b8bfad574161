import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newPayload, signTransaction, transactionDigest, type SignedTransaction } from '@collabnet/envelope';
import { NatsLedgerHost, NatsLedgerTransport } from '@collabnet/ledger';
import { TestChain } from '@collabnet/ledger/testing';
import { headsSubject, ledgerEventsSubject, ledgerSubject, memberToken, networkToken } from '@collabnet/messaging';
import { freePort, NatsProcess } from '@collabnet/messaging/testing/nats-process';
import { sm2Sign } from '@collabnet/sm';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { createMetrics, openTracer, PREFIX, silentLogger, spanIdOf, submitSpan, traceIdOf, type Metrics, type Tracer } from '@collabnet/telemetry';
import { OtlpReceiver } from '@collabnet/telemetry/testing';
import { observeTransactions } from './observe-transactions.ts';

const FLOW = 'ab'.repeat(32);
let nats: NatsProcess;
let connection: NatsConnection;
let chain: TestChain;
let transport: NatsLedgerTransport;
let receiver: OtlpReceiver;
let tracer: Tracer;
let metrics: Metrics;

before(async () => {
  const port = await freePort();
  nats = await NatsProcess.prepare();
  await nats.start(`listen: 127.0.0.1:${port}`);
  connection = await connect({ servers: `nats://127.0.0.1:${port}` });
  chain = await TestChain.found();
  receiver = await OtlpReceiver.start();
  tracer = await openTracer({ endpoint: receiver.endpoint, service: 'embedded-ledger', namespace: 'founder', logger: silentLogger(), delayMs: 10 });
  metrics = createMetrics(PREFIX.ledger);
  const net = networkToken(chain.node.networkId);
  const self = memberToken(chain.did);
  new NatsLedgerHost(connection, chain.node, net, observeTransactions(metrics, tracer)).start();
  transport = new NatsLedgerTransport(connection, {
    submit: ledgerSubject(net, self, 'submit'),
    blocks: ledgerSubject(net, self, 'blocks'),
    head: ledgerSubject(net, self, 'head'),
    announcements: ledgerEventsSubject(net),
    heads: headsSubject(net),
  });
});
after(async () => {
  await tracer.close();
  await connection.close();
  await nats.dispose();
  await chain.node.close();
  await receiver.close();
});

function call(contract: string, method: string): Promise<SignedTransaction> {
  const payload = newPayload({
    network: chain.node.networkId,
    kind: 'Flow',
    contract,
    method,
    principal: { type: 'institution', scheme: 'DID', id: chain.did },
    keyId: `${chain.did}#key-1`,
    public: { flowId: FLOW, reason: 'none' },
  });
  return signTransaction(payload, (bytes) => sm2Sign(bytes, chain.founder.privateKey));
}

test('transactions over NATS are counted by contract, method and outcome; what no contract has is one series', async () => {
  await transport.submit(await chain.invite('invitation-1'));
  const cancel = await call('flows', 'cancel');
  await assert.rejects(transport.submit(cancel), { code: 'NOT_FOUND' });
  for (const word of ['steal', 'x'.repeat(60)]) await assert.rejects(transport.submit(await call('flows', word)));
  const text = await metrics.registry.metrics();
  assert.match(text, /collabnet_ledger_transactions_total\{contract="membership",method="invite",outcome="Accepted"\} 1/);
  assert.match(text, /collabnet_ledger_transactions_total\{contract="flows",method="cancel",outcome="NOT_FOUND"\} 1/);
  assert.match(text, /collabnet_ledger_transactions_total\{contract="unknown",method="unknown",outcome="UNKNOWN_METHOD"\} 2/);
  assert.ok(!text.includes('steal'));
  assert.match(text, /collabnet_ledger_submit_seconds_count 4/);

  const [span] = await receiver.wait(1);
  const digest = transactionDigest(cancel.payload);
  assert.deepEqual([span?.name, span?.traceId, span?.failure, span?.service], ['execute flows.cancel', traceIdOf(FLOW), 'NOT_FOUND', 'founder/embedded-ledger']);
  assert.equal(span?.parent, spanIdOf(FLOW, submitSpan(digest)), 'below the submit that its sender tells of');
  await tracer.close();
  assert.equal(receiver.spans.length, 1, 'what is about no task has no trace');
});
