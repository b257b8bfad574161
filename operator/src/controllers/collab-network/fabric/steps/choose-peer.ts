import type { FabricRun } from '../fabric-run.ts';
import { furthestPeer } from '../furthest-peer.ts';
import { lookAtPeers } from '../look-at-peers.ts';

/** Which of several own peers the further steps go by. One that is away is a problem, and no more while there is another. */
export async function choosePeer(fabric: FabricRun): Promise<void> {
  if (fabric.peers.length < 2) return;
  const looks = await lookAtPeers(fabric);
  const chosen = furthestPeer(looks);
  if (chosen === undefined) return;
  fabric.peer = chosen.key;
  fabric.otherPeers = looks.filter((look) => look !== chosen);
  fabric.problems.push(...fabric.otherPeers.flatMap(({ hindrance }) => hindrance ?? []));
}
