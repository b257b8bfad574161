import { list } from '@collabnet/hack';
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { readyConsortium } from './fixture/consortium.ts';
import { BANK_A, BANK_B, SUPERVISOR } from './fixture/institutions.ts';
import { breakOutOfCourier, type CourierAttempts } from './support/courier-probe.ts';
import { cluster } from './support/objects.ts';
import { apiServer, serviceAddress, type Address } from './support/probe.ts';

interface Pod {
  metadata: { name: string; labels?: Record<string, string> };
  spec: { hostNetwork?: boolean };
  status?: { phase?: string; podIP?: string };
}

/** Addresses of the running pods of a component, each with this port. */
async function podAddresses(namespace: string, component: string, port: number): Promise<Address[]> {
  const pods = await list<Pod>(namespace, 'pods', `app.kubernetes.io/component=${component}`);
  return pods.flatMap(({ status }) => (status?.phase === 'Running' && status.podIP !== undefined ? [`${status.podIP}:${port}`] : []));
}

async function dataProxies(namespace: string): Promise<Address[]> {
  const services = await list<{ metadata: { name: string } }>(namespace, 'services', 'app.kubernetes.io/component=data-proxy');
  return Promise.all(services.map(({ metadata }) => serviceAddress(namespace, metadata.name, 8443)));
}

/** What each institution runs beside what a courier may reach, by port: health, metrics, monitoring, leaves, other doors. */
const OTHER_PORTS: readonly (readonly [component: string, ports: readonly number[]])[] = [
  ['operator', [8080]],
  ['nats', [7422, 8222]],
  ['result-store', [8081]],
  ['data-proxy', [8081]],
];

describe("a courier's container", () => {
  let own: Address[];
  let others: Address[];
  let dns: Address[];
  let attempts: CourierAttempts;
  before(async () => {
    await readyConsortium();
    const { stdout: node } = await cluster(['get', 'nodes', '-o', "jsonpath={.items[0].status.addresses[?(@.type=='InternalIP')].address}"]);
    own = [await serviceAddress(BANK_A.namespace, 'nats', 4222), await serviceAddress(BANK_A.namespace, 'result-store', 8443), ...(await dataProxies(BANK_A.namespace))];
    const ownOthers = await Promise.all(OTHER_PORTS.flatMap(([component, ports]) => ports.map((port) => podAddresses(BANK_A.namespace, component, port))));
    const ofOthers = await Promise.all(
      [BANK_B, SUPERVISOR].flatMap(({ namespace }) => [podAddresses(namespace, 'operator', 8080), podAddresses(namespace, 'nats', 4222), podAddresses(namespace, 'result-store', 8443), dataProxies(namespace)]),
    );
    others = [
      await apiServer(),
      await serviceAddress('default', 'kubernetes', 443),
      `${node}:10250`,
      `${node}:22`,
      '169.254.169.254:80',
      await serviceAddress('kube-system', 'kube-dns', 53),
      await serviceAddress(BANK_B.namespace, 'nats', 4222),
      await serviceAddress(BANK_B.namespace, 'result-store', 8443),
      await serviceAddress(SUPERVISOR.namespace, 'nats-hub', 4222),
      await serviceAddress(SUPERVISOR.namespace, 'nats-hub', 7422),
      ...ownOthers.flat(),
      ...ofOthers.flat(),
    ];
    dns = [await serviceAddress('kube-system', 'kube-dns', 53), `${node}:53`];
    attempts = await breakOutOfCourier(BANK_A.namespace, { tcp: [...new Set([...own, ...others])], dns });
  });

  const answers = (targets: readonly string[]): Record<string, string | undefined> => Object.fromEntries(targets.map((each) => [each, attempts[each]]));
  const all = (targets: readonly string[], answer: string): Record<string, string> => Object.fromEntries(targets.map((each) => [each, answer]));
  const tcp = (addresses: readonly Address[]): string[] => addresses.map((each) => `tcp ${each}`);

  test("reaches its institution's NATS server, data proxies and result store", () => {
    assert.ok(own.length >= 3, 'the bank serves an asset');
    assert.deepEqual(answers(tcp(own)), all(tcp(own), 'open'));
  });

  test('reaches nothing else: no API server, node, metadata address, other pod, other port, hub or other institution', () => {
    assert.ok(others.length >= 15, `${others.length} addresses`);
    assert.deepEqual(answers(tcp(others)), all(tcp(others), 'closed'));
  });

  test('is answered by no name server', () => {
    const asked = [...dns.map((each) => `dns ${each}`), 'name lookup'];
    assert.deepEqual(answers(asked), all(asked, 'silent'));
  });

  test('has no account token, no capability, no root, and writes to its scratch volume only', () => {
    const expected = { 'account token': 'ENOENT', 'write to the image': 'EROFS', 'write to the root': 'EROFS', 'write to scratch': 'ok', user: '65532', capabilities: '0000000000000000', 'no new privileges': '1' };
    assert.deepEqual(answers(Object.keys(expected)), expected);
  });
});
