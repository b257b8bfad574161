import { randomBytes } from 'node:crypto';
import { kubectl } from '@collabnet/hack';
import { NODE_IMAGE } from '../fixture/consortium.ts';
import { cluster, eventually, remove } from './objects.ts';

/** `10.0.0.1:443`. */
export type Address = string;

/** Address of a port of a Service. */
export async function serviceAddress(namespace: string, name: string, port: number): Promise<Address> {
  const { stdout } = await kubectl(namespace, ['get', 'service', name, '-o', 'jsonpath={.spec.clusterIPs[0]}']);
  if (stdout === '' || stdout === 'None') return `${(await podAddress(namespace, `app.kubernetes.io/component=${name}`)).split(':')[0]}:${port}`;
  return `${stdout}:${port}`;
}

async function podAddress(namespace: string, selector: string): Promise<Address> {
  const { stdout } = await kubectl(namespace, ['get', 'pods', '-l', selector, '-o', 'jsonpath={.items[0].status.podIP}']);
  if (stdout === '') throw new Error(`no pod ${selector} in namespace ${namespace}`);
  return `${stdout}:0`;
}

/** Address of the API server behind its Service. */
export async function apiServer(): Promise<Address> {
  const { stdout } = await cluster(['get', 'endpointslices', '-n', 'default', '-l', 'kubernetes.io/service-name=kubernetes', '-o', 'jsonpath={.items[0].endpoints[0].addresses[0]}:{.items[0].ports[0].port}']);
  return stdout;
}

const SCRIPT = `
const { connect } = require('node:net');
const dial = (address) => new Promise((resolve) => {
  const at = address.lastIndexOf(':');
  const socket = connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)), timeout: 3000 });
  const done = (answer) => { socket.destroy(); resolve([address, answer]); };
  socket.on('connect', () => done('open')).on('timeout', () => done('closed')).on('error', () => done('closed'));
});
Promise.all(process.argv.slice(1).map(dial)).then((all) => require('node:fs').writeFileSync('/dev/termination-log', JSON.stringify(Object.fromEntries(all))));
`;

/** Pod under Pod Security 'restricted', as compute pods are. */
export function probePod(name: string, labels: Record<string, string>, args: readonly string[]): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'probe',
          image: NODE_IMAGE,
          imagePullPolicy: 'IfNotPresent',
          command: ['/usr/local/bin/node', '-e', SCRIPT, ...args],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true },
        },
      ],
    },
  };
}

interface ProbePod {
  metadata: { name: string };
  status?: { phase?: string; containerStatuses?: { state?: { terminated?: { message?: string } } }[] };
}

/** Tries to connect from a pod with these labels, and tells for each address whether it is open. */
export async function reachable(namespace: string, component: string, addresses: readonly Address[]): Promise<Record<Address, 'open' | 'closed'>> {
  const name = `probe-${randomBytes(3).toString('hex')}`;
  const labels = { 'app.kubernetes.io/part-of': 'collabnet', 'app.kubernetes.io/component': component };
  await kubectl(namespace, ['create', '-f', '-'], { input: JSON.stringify(probePod(name, labels, addresses)) });
  try {
    return await eventually<ProbePod, Record<Address, 'open' | 'closed'>>({ namespace, kind: 'pod', name }, 'was to answer', ({ status }) => {
      const message = status?.containerStatuses?.[0]?.state?.terminated?.message;
      return message === undefined ? undefined : (JSON.parse(message) as Record<Address, 'open' | 'closed'>);
    });
  } finally {
    await remove(namespace, 'pod', name);
  }
}
