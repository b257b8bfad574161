import { blockFromText, blockToText, genesisBlock } from '@collabnet/fabric-network';
import { WaitError } from '../../../../runtime/index.ts';
import { required } from '../../network-run.ts';
import { NO_QUORUM } from '../../steps/require-quorum.ts';
import { ordererAdmin, peerAdmin } from '../fabric-clients.ts';
import { onFabric } from '../fabric-errors.ts';
import type { FabricRun } from '../fabric-run.ts';
import { FIRST_BLOCK } from '../names.ts';
import { nodeMaterialOf } from '../node-certificates.ts';
import { nodeName, type NodeKey } from '../node-plan.ts';

type FirstBlock = ReturnType<typeof genesisBlock>;

const RECHECK_MS = 2_000;

/**
 * The channel of the network: its first block, the orderers in it, and then the peer. An orderer that is away later on
 * hinders nothing but itself.
 */
export async function ensureChannel(fabric: FabricRun): Promise<void> {
  const block = await firstBlock(fabric);
  const away: WaitError[] = [];
  for (const key of fabric.orderers) {
    try {
      await joinOrderer(fabric, key, block);
    } catch (error) {
      if (!(error instanceof WaitError)) throw error;
      away.push(error);
    }
  }
  const peer = peerAdmin(fabric);
  const joined = await onFabric('looking at the peer', () => peer.channels());
  const [first] = away;
  if (joined.includes(fabric.channel)) fabric.problems.push(...quorumLost(fabric, away.length), ...away);
  else if (first !== undefined) throw first;
  else await onFabric('joining the peer to the channel', () => peer.join(block));
}

/** Raft writes while more than half of the orderers are there. */
function quorumLost({ orderers: { length: all } }: FabricRun, away: number): WaitError[] {
  if ((all - away) * 2 > all) return [];
  return [new WaitError(NO_QUORUM, `${away} of ${all} orderers do not answer: nothing can be written until more than half do; the ledger can be read`, RECHECK_MS)];
}

async function joinOrderer(fabric: FabricRun, key: NodeKey, block: FirstBlock): Promise<void> {
  const admin = ordererAdmin(fabric, key);
  const name = nodeName(key);
  const channel = await onFabric(`looking at ${name}`, () => admin.channel(fabric.channel));
  if (channel === undefined) await onFabric(`joining ${name} to the channel`, () => admin.join(block));
  else if (channel.status === 'failed') throw new WaitError('FabricOrdererFailed', `${name} has failed in channel ${fabric.channel}; look at its log`, RECHECK_MS);
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
    members: [{ msp, anchorPeers: [addresses.node(peer)] }],
    orderingMembers: [{ msp, endpoints: orderers.map((key) => addresses.node(key)) }],
    consenters,
    now: run.ctx.clock.now(),
  });
}
