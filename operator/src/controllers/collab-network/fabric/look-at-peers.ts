import { WaitError } from '../../../runtime/index.ts';
import { peerAdmin } from './fabric-clients.ts';
import { onFabric } from './fabric-errors.ts';
import type { FabricRun } from './fabric-run.ts';
import { nodeName, type NodeKey } from './node-plan.ts';

/** What an own peer says of the channel. */
export interface PeerLook {
  readonly key: NodeKey;
  /** Blocks of the channel that it has; undefined: it has not joined it. */
  readonly height?: number;
  /** Why it is away. */
  readonly hindrance?: WaitError;
}

/** Asks all own peers at once: one that hangs must not take the time of the others. @throws StalledError */
export function lookAtPeers(fabric: FabricRun): Promise<PeerLook[]> {
  return Promise.all(fabric.peers.map((key) => lookAt(fabric, key)));
}

async function lookAt(fabric: FabricRun, key: NodeKey): Promise<PeerLook> {
  const admin = peerAdmin(fabric, key);
  try {
    return await onFabric(`looking at ${nodeName(key)}`, async () => {
      if (!(await admin.channels()).includes(fabric.channel)) return { key };
      return { key, height: await admin.height(fabric.channel) };
    });
  } catch (error) {
    if (!(error instanceof WaitError)) throw error;
    // It answers, but the channel that it knows so far does not have this institution.
    return error.reason === 'FabricNodeRefused' ? { key, height: 0 } : { key, hindrance: error };
  }
}
