import { membersOf } from '@collabnet/fabric-network';
import { configOf } from '../fabric-clients.ts';
import type { FabricRun } from '../fabric-run.ts';
import { readNodeGauge } from '../node-gauge.ts';
import { peersSufficient } from '../peers-sufficient.ts';

/** Gauge of a peer: others of the channel that are alive, by gossip. */
const KNOWN = 'gossip_membership_total_peers_known';

/** Counts the peers of all institutions and says when there are too few (JR/T 0184 §17: alarm below the minimum of nodes). */
export async function watchPeers(fabric: FabricRun): Promise<void> {
  const { run, channel, peer } = fabric;
  const known = await readNodeGauge(run.services.fabric.metrics(peer), KNOWN, channel);
  const alive = known === undefined ? undefined : known + 1;
  const organisations = membersOf(await configOf(fabric)).length;
  if (alive !== undefined) fabric.livePeers = alive;
  run.ctx.setCondition({ type: 'PeersSufficient', ...peersSufficient({ alive, wanted: run.network.spec.ledger.fabric?.minimumPeers, organisations }) });
}
