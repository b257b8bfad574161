import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { kubectl, list, NETWORK } from '@collabnet/hack';
import { readyConsortium, type Consortium } from './fixture/consortium.ts';
import { BANK_A, BANK_B, INSTITUTIONS, SUPERVISOR } from './fixture/institutions.ts';
import { breakOut } from './support/engine-probe.ts';
import { cluster } from './support/objects.ts';
import { apiServer, probePod, reachable, serviceAddress } from './support/probe.ts';

let consortium: Consortium;
before(async () => {
  consortium = await readyConsortium();
});

/** What the operator of bank A may do, as the API server answers. */
async function may(verb: string, resource: string, ...where: string[]): Promise<boolean> {
  const { code } = await cluster(['auth', 'can-i', verb, resource, ...where, '--quiet', `--as=system:serviceaccount:${BANK_A.namespace}:operator`], true);
  return code === 0;
}

describe("an operator's account", () => {
  test('works in its own namespace', async () => {
    assert.equal(await may('get', 'secrets', '-n', BANK_A.namespace), true);
    assert.equal(await may('create', 'pods', '-n', BANK_A.namespace), true);
  });

  test('can do nothing in the namespace of another institution', async () => {
    for (const resource of ['secrets', 'pods', 'configmaps', 'computetasks.collabnet.dev', 'dataassets.collabnet.dev']) {
      for (const verb of ['get', 'list', 'create', 'delete']) assert.equal(await may(verb, resource, '-n', BANK_B.namespace), false, `${verb} ${resource}`);
    }
  });

  test('can do nothing to the cluster, nor give itself rights', async () => {
    for (const resource of ['namespaces', 'nodes', 'persistentvolumes', 'customresourcedefinitions.apiextensions.k8s.io', 'clusterroles.rbac.authorization.k8s.io']) {
      for (const verb of ['get', 'list', 'create', 'delete']) assert.equal(await may(verb, resource), false, `${verb} ${resource}`);
    }
    assert.equal(await may('list', 'secrets', '--all-namespaces'), false);
    for (const resource of ['roles.rbac.authorization.k8s.io', 'rolebindings.rbac.authorization.k8s.io']) assert.equal(await may('create', resource, '-n', BANK_A.namespace), false, resource);
    assert.equal(await may('create', 'pods', '--subresource=exec', '-n', BANK_A.namespace), false);
  });
});

describe('pods', () => {
  test('of every institution run under Pod Security restricted, which refuses others', async () => {
    for (const { namespace } of INSTITUTIONS) {
      const { stdout } = await cluster(['get', 'namespace', namespace, '-o', "jsonpath={.metadata.labels['pod-security\\.kubernetes\\.io/enforce']}"]);
      assert.equal(stdout, 'restricted');
    }
    const privileged = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'privileged' }, spec: { containers: [{ name: 'c', image: 'collabnet/node:dev' }] } };
    const { code, stderr } = await kubectl(BANK_A.namespace, ['create', '--dry-run=server', '-f', '-'], { input: JSON.stringify(privileged), allowFailure: true });
    assert.notEqual(code, 0);
    assert.match(stderr, /violates PodSecurity "restricted/);
    await kubectl(BANK_A.namespace, ['create', '--dry-run=server', '-f', '-'], { input: JSON.stringify(probePod('fits', {}, [])) });
  });

  test('have no account token, but for the operator', async () => {
    interface Pod {
      metadata: { name: string; labels?: Record<string, string> };
      spec: { volumes?: { projected?: { sources?: { serviceAccountToken?: object }[] } }[] };
    }
    for (const { namespace } of INSTITUTIONS) {
      const pods = await list<Pod>(namespace, 'pods', 'app.kubernetes.io/part-of=collabnet');
      const withToken = pods.filter(({ spec }) => (spec.volumes ?? []).some(({ projected }) => projected?.sources?.some(({ serviceAccountToken }) => serviceAccountToken !== undefined) === true));
      const components = new Set(withToken.map(({ metadata }) => metadata.labels?.['app.kubernetes.io/component']));
      assert.deepEqual([...components], ['operator'], namespace);
    }
  });
});

describe('the network', () => {
  test("lets a compute pod reach its institution's NATS server and result store, and nothing else", async () => {
    const own = [await serviceAddress(BANK_A.namespace, 'nats', 4222), await serviceAddress(BANK_A.namespace, 'result-store', 8443)];
    const others = [
      await apiServer(),
      await serviceAddress('default', 'kubernetes', 443),
      await serviceAddress('kube-system', 'kube-dns', 53),
      await serviceAddress(BANK_B.namespace, 'nats', 4222),
      await serviceAddress(BANK_B.namespace, 'result-store', 8443),
      await serviceAddress(SUPERVISOR.namespace, 'nats-hub', 4222),
      await serviceAddress(SUPERVISOR.namespace, 'nats-hub', 7422),
    ];
    const seen = await reachable(BANK_A.namespace, 'compute', [...own, ...others]);
    assert.deepEqual(seen, Object.fromEntries([...own.map((each) => [each, 'open']), ...others.map((each) => [each, 'closed'])]));
  });

  test("lets a pod without a part in it reach nothing at all, and keeps another institution's pods out of a namespace", async () => {
    const targets = [await serviceAddress(BANK_A.namespace, 'nats', 4222), await serviceAddress(BANK_A.namespace, 'result-store', 8443), await apiServer()];
    assert.deepEqual(await reachable(BANK_A.namespace, 'none', targets), Object.fromEntries(targets.map((each) => [each, 'closed'])));
    assert.deepEqual(await reachable(BANK_B.namespace, 'operator', targets.slice(0, 2)), Object.fromEntries(targets.slice(0, 2).map((each) => [each, 'closed'])));
  });
});

describe('an engine, confined in its pod as for a job', () => {
  test('reaches no address but its tunnel, makes no other kind of socket, and reads nothing of the courier', async () => {
    const { stdout: node } = await cluster(['get', 'nodes', '-o', "jsonpath={.items[0].status.addresses[?(@.type=='InternalIP')].address}"]);
    const addresses = [
      await serviceAddress(BANK_A.namespace, 'nats', 4222),
      await serviceAddress(BANK_A.namespace, 'result-store', 8443),
      await serviceAddress(BANK_B.namespace, 'nats', 4222),
      await serviceAddress(SUPERVISOR.namespace, 'nats-hub', 7422),
      await serviceAddress('kube-system', 'kube-dns', 53),
      await apiServer(),
      `${node}:10250`,
      '169.254.169.254:80',
      '127.0.0.1:8081',
    ];
    const { 'own input': own, 'account token': token, 'name lookup': lookup, ...others } = await breakOut(BANK_A.namespace, addresses);
    assert.equal(own, 'ok');
    assert.notEqual(token, 'ok');
    assert.notEqual(lookup, 'ok');
    const byLandlock = [...addresses.map((each) => `tcp ${each}`), 'listen elsewhere', 'rows of the courier'];
    const bySeccomp = ['udp', 'raw', 'ipv6', 'packet', 'netlink', 'unix', 'vsock', 'io_uring', 'ptrace', 'new namespaces', 'mount', 'bpf'];
    assert.deepEqual(others, Object.fromEntries([...byLandlock.map((each) => [each, 'EACCES']), ...bySeccomp.map((each) => [each, 'EPERM'])]));
  });
});

/** Subscribes with the credentials of the ledger's host, in its own pod, and prints which subjects the hub allows. */
const EAVESDROP = `
import { readFileSync } from 'node:fs';
import { connect } from '/app/packages/messaging/dist/index.js';
const connection = await connect({ servers: process.env.NATS_URL, name: 'eavesdropper', inboxPrefix: 'inbox', creds: readFileSync('/etc/ledger/nats.creds', 'utf8'), tls: { ca: readFileSync('/etc/ledger/hub-ca.crt', 'utf8') }, waitOnFirstConnect: false });
const answers = {};
for (const subject of process.argv.slice(1)) {
  answers[subject] = await new Promise((resolve) => {
    const subscription = connection.subscribe(subject, { callback: (error) => { if (error) resolve('refused'); } });
    connection.flush().then(() => setTimeout(() => { subscription.unsubscribe(); resolve('allowed'); }, 500));
  });
}
process.stdout.write(JSON.stringify(answers));
process.exit(0);
`;

test('the host of the ledger and the hub hears the ledger, and no message between the banks', async () => {
  const net = consortium.networkId.slice(0, 16);
  const subjects = [`ledger.${net}.>`, `data.${net}.>`, '>', `attempt.${net}.>`, `inbox.${net}.>`];
  const { stdout } = await kubectl(SUPERVISOR.namespace, ['exec', `ledger-${NETWORK}-0`, '--', '/usr/local/bin/node', '--input-type=module', '-e', EAVESDROP, ...subjects]);
  assert.deepEqual(JSON.parse(stdout), Object.fromEntries(subjects.map((subject, index) => [subject, index === 0 ? 'allowed' : 'refused'])));
});
