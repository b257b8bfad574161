import { blockFromText, blockToText, consentersOf, genesisBlock, readConfigBlock } from '@collabnet/fabric-network';
import { WaitError } from '../../../../runtime/index.ts';
import { required } from '../../network-run.ts';
import { ordererAdmin, peerAdmin } from '../fabric-clients.ts';
import { onFabric } from '../fabric-errors.ts';
import type { FabricRun } from '../fabric-run.ts';
import { lookAtOrderers, type OrdererLook } from '../look-at-orderers.ts';
import { FIRST_BLOCK } from '../names.ts';
import { nodeMaterialOf } from '../node-certificates.ts';
import { nodeName, type NodeKey } from '../node-plan.ts';
import { restorePeer, snapshotToRestore } from '../restore-peer.ts';
import { wasApproved } from './ensure-definition.ts';

type FirstBlock = ReturnType<typeof genesisBlock>;

/** People need longer than this to bring a volume back. */
const LOST_RECHECK_MS = 30_000;

/**
 * The channel of the network: its first block, the orderers that are named there, and then the peer. Once the peer is in
 * the channel, its orderers are `ensureOrderers`' affair.
 */
export async function ensureChannel(fabric: FabricRun): Promise<void> {
  const block = await firstBlock(fabric);
  const peer = peerAdmin(fabric);
  const joined = await onFabric('looking at the peer', () => peer.channels());
  if (joined.includes(fabric.channel)) return;
  const snapshot = snapshotToRestore(fabric);
  if (snapshot !== undefined) await restorePeer(fabric, snapshot);
  const looks = await lookAtOrderers(fabric);
  // A channel with more than its first block is not founded again, whatever its peer has lost.
  if (!looks.some(({ state }) => typeof state === 'object' && state.height > 1)) await found(fabric, block, looks);
  await onFabric('joining the peer to the channel', () => peer.join(block));
}

async function found(fabric: FabricRun, block: FirstBlock, looks: readonly OrdererLook[]): Promise<void> {
  if (await wasApproved(fabric)) {
    // One that does not answer may have it.
    for (const { hindrance } of looks) if (hindrance !== undefined) throw hindrance;
    const message = `the volumes of the peer and of all orderers are empty, and channel ${fabric.channel} is not begun a second time: restore the volumes of more than half of the orderers from a backup`;
    throw new WaitError('FabricLedgerLost', message, LOST_RECHECK_MS);
  }
  const named = consentersOf(readConfigBlock(block));
  for (const key of fabric.orderers) {
    const { host, port } = fabric.run.services.fabric.node(key);
    if (named.some((each) => each.host === host && each.port === port)) await joinOrderer(fabric, key, block);
  }
}

async function joinOrderer(fabric: FabricRun, key: NodeKey, block: FirstBlock): Promise<void> {
  const admin = ordererAdmin(fabric, key);
  const name = nodeName(key);
  const channel = await onFabric(`looking at ${name}`, () => admin.channel(fabric.channel));
  if (channel === undefined) await onFabric(`joining ${name} to the channel`, () => admin.join(block));
}

/**
 * Written down before a node gets it: two blocks made from the same decisions differ, and orderers of one channel must
 * have the same. Nothing in it is secret.
 */
async function firstBlock(fabric: FabricRun): Promise<FirstBlock> {
  const values = await fabric.run.services.secrets.ensure(fabric.names.channel, async () => ({ [FIRST_BLOCK]: blockToText(await newBlock(fabric)) }));
  return blockFromText(values[FIRST_BLOCK] ?? '', `Secret ${fabric.names.channel}, ${FIRST_BLOCK}`);
}

async function newBlock(fabric: FabricRun): Promise<FirstBlock> {
  const { run, channel, orderers, peer } = fabric;
  const msp = required(fabric.msp, 'msp');
  const addresses = run.services.fabric;
  const consenters = [];
  for (const key of orderers) {
    const certificate = (await nodeMaterialOf(fabric, key)).tls['tls.crt'];
    consenters.push({ ...addresses.node(key), clientTlsCertificate: certificate, serverTlsCertificate: certificate });
  }
  return genesisBlock({
    channel,
    members: [{ msp, anchorPeers: [addresses.advertised(peer)] }],
    orderingMembers: [{ msp, endpoints: orderers.map((key) => addresses.advertised(key)) }],
    consenters,
    now: run.ctx.clock.now(),
  });
}
