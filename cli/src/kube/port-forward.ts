import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { V1Pod } from '@kubernetes/client-node';
import { CliError } from '../base/errors.ts';
import type { Kube } from './kube.ts';
import type { KubeSocket } from './socket.ts';

export interface Forward {
  readonly port: number;
  close(): Promise<void>;
}

/** The first pod with these labels that is ready. @throws CliError NOT_FOUND, NOT_READY */
export async function readyPod(kube: Kube, labelSelector: string, what: string): Promise<string> {
  const pods = await kube.pods(labelSelector);
  const isReady = (pod: V1Pod): boolean => pod.status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ?? false;
  const name = pods.find(isReady)?.metadata?.name;
  if (name !== undefined) return name;
  if (pods.length === 0) throw new CliError('NOT_FOUND', `no pod of the ${what} in namespace ${kube.namespace} (${labelSelector}); choose the institution's namespace with -n`);
  throw new CliError('NOT_READY', `the ${what} is not ready; see kubectl -n ${kube.namespace} get pods -l ${labelSelector}`);
}

/** Forwards a free loopback port to a port of a pod. */
export async function forward(kube: Kube, pod: string, port: number): Promise<Forward> {
  const forwarder = new kube.client.PortForward(kube.config, true);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    forwarder.portForward(kube.namespace, pod, [port], socket, null, socket).then(
      (connection) => {
        const close = (): void => {
          if (typeof connection !== 'function') (connection as unknown as KubeSocket).close();
        };
        socket.once('close', close);
      },
      () => socket.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
