import { StalledError } from '../../../runtime/index.ts';
import { required, type NetworkRun } from '../network-run.ts';
import { hubsOf } from './ensure-local-server.ts';

/** What remains of a network to which this institution does not belong any more: nothing that connects to it. */
export async function stayAway(run: NetworkRun, how: 'Left' | 'Expelled'): Promise<void> {
  const { sessions, nats, replicas } = run.services;
  const name = run.network.metadata.name;
  const session = sessions.get(name);
  sessions.delete(name);
  await replicas.drop(name);
  await session?.data?.close();
  await nats.ensureServer(await hubsOf(run));
  run.ctx.status.membership = how;
  run.ctx.status.pendingJoins = [];
  run.ctx.status.pendingRecoveries = [];
  run.ctx.status.pendingChanges = [];
}

/** The members do not want this institution any more. */
export function expelled(run: NetworkRun): StalledError {
  return new StalledError('Expelled', `the members of ${run.network.spec.displayName} have expelled ${required(run.access, 'access').did}, and its keys have ended there. Delete this CollabNetwork; only a new invitation leads back, with another subjectCode`);
}
