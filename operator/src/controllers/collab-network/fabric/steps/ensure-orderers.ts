import { addConsenter, allOf, consentersOf, orderingMembersOf, removeConsenter, setOrdererEndpoints, type ChannelConfig, type Endpoint } from '@collabnet/fabric-network';
import { WaitError } from '../../../../runtime/index.ts';
import { NO_QUORUM } from '../../steps/require-quorum.ts';
import { newestConfigBlock, submitOwnChange, type ConfigBlock } from '../own-channel-change.ts';
import { configOf, ordererAdmin } from '../fabric-clients.ts';
import { asProblem, onFabric } from '../fabric-errors.ts';
import type { FabricRun } from '../fabric-run.ts';
import { lookAtOrderers, type OrdererLook } from '../look-at-orderers.ts';
import { nodeMaterialOf } from '../node-certificates.ts';
import { nodeName, type NodeKey } from '../node-plan.ts';
import { isServing, nextOrdererActs, type OrdererAct, type OrdererView } from '../orderer-set.ts';

const RECHECK_MS = 2_000;

/**
 * Lets all own orderers take part: those that were added to the spec, and those that have lost their volume. The ledger is
 * read meanwhile, and written as long as most of them serve.
 */
export async function ensureOrderers(fabric: FabricRun): Promise<void> {
  if (fabric.orderers.length === 0) return;
  const looks = await lookAtOrderers(fabric);
  // As the peer has it: it answers also when the orderers do not.
  const known = await configOf(fabric);
  fabric.problems.push(...quorumLost(known, viewsOf(fabric, looks, known)), ...looks.flatMap(({ hindrance }) => hindrance ?? []));
  if (actsOn(fabric, looks, known).length === 0) return;
  await asProblem(fabric, async () => {
    const serving = looks.filter(({ state }) => isServing(state)).map(({ key }) => key);
    // The peer may know an older configuration than the orderers.
    const newest = serving.length === 0 ? undefined : await newestConfigBlock(fabric, serving);
    for (const act of actsOn(fabric, looks, newest?.config ?? known)) await perform(fabric, act, newest, serving);
  });
}

function actsOn(fabric: FabricRun, looks: readonly OrdererLook[], config: ChannelConfig): OrdererAct[] {
  return nextOrdererActs(viewsOf(fabric, looks, config), consentersOf(config).length);
}

function viewsOf(fabric: FabricRun, looks: readonly OrdererLook[], config: ChannelConfig): OrdererView[] {
  const consenters = consentersOf(config);
  return looks.map(({ key, state }) => {
    const address = fabric.run.services.fabric.node(key);
    return { ordinal: key.ordinal, name: nodeName(key), state, consenter: consenters.some((each) => isSame(each, address)) };
  });
}

/** Raft writes while more than half of the orderers are there. */
function quorumLost(config: ChannelConfig, views: readonly OrdererView[]): WaitError[] {
  const all = consentersOf(config).length;
  const serving = views.filter(({ consenter, state }) => consenter && isServing(state)).length;
  if (serving * 2 > all) return [];
  const [lost] = nextOrdererActs(views, all).flatMap((each) => (each.act === 'wait' && each.reason === 'FabricOrdererLost' ? [each.message] : []));
  return [new WaitError(NO_QUORUM, lost ?? `${all - serving} of ${all} orderers do not serve: nothing can be written until more than half do; the ledger can be read`, RECHECK_MS)];
}

async function perform(fabric: FabricRun, act: OrdererAct, newest: ConfigBlock | undefined, serving: readonly NodeKey[]): Promise<void> {
  if (act.act === 'wait') {
    fabric.problems.push(new WaitError(act.reason, act.message, RECHECK_MS));
    return;
  }
  const key = fabric.orderers.find(({ ordinal }) => ordinal === act.ordinal);
  if (newest === undefined || key === undefined) return;
  const [reason, message] = await ACTS[act.act](fabric, key, newest, serving);
  fabric.run.ctx.event({ type: 'Normal', reason, message });
  fabric.problems.push(new WaitError('FabricOrdererJoining', message, RECHECK_MS));
}

const ACTS: Readonly<Record<'join' | 'add' | 'remove', (fabric: FabricRun, key: NodeKey, newest: ConfigBlock, serving: readonly NodeKey[]) => Promise<[reason: string, message: string]>>> = {
  join: async (fabric, key, { block }) => {
    await onFabric(`joining ${nodeName(key)} to the channel`, () => ordererAdmin(fabric, key).join(block));
    return ['OrdererJoined', `${nodeName(key)} reads channel ${fabric.channel}`];
  },
  add: async (fabric, key, { config }, serving) => {
    const address = fabric.run.services.fabric.node(key);
    const certificate = (await nodeMaterialOf(fabric, key)).tls['tls.crt'];
    const place = addConsenter({ ...address, clientTlsCertificate: certificate, serverTlsCertificate: certificate });
    const advertised = fabric.run.services.fabric.advertised(key);
    const endpoints = [...ownEndpoints(fabric, config).filter((each) => !isSame(each, advertised)), advertised];
    await submitOwnChange(fabric, config, allOf(place, setOrdererEndpoints(fabric.mspId, endpoints)), serving);
    return ['OrdererAdded', `${nodeName(key)} takes part in ordering: ${consentersOf(config).length + 1} orderers`];
  },
  remove: async (fabric, key, { config }, serving) => {
    const has = await onFabric(`looking at ${nodeName(key)}`, () => ordererAdmin(fabric, key).channels());
    // Not what a lost volume looks like: an orderer of this institution has one channel.
    if (has.length > 0) throw new WaitError('FabricOrdererJoining', `${nodeName(key)} has channel ${has.join(', ')}, but not ${fabric.channel}; look at its volume`, RECHECK_MS);
    const address = fabric.run.services.fabric.node(key);
    const advertised = fabric.run.services.fabric.advertised(key);
    const endpoints = ownEndpoints(fabric, config).filter((each) => !isSame(each, advertised));
    await submitOwnChange(fabric, config, allOf(removeConsenter(address), setOrdererEndpoints(fabric.mspId, endpoints)), serving);
    return ['OrdererRemoved', `${nodeName(key)} has lost its volume and joins again as a new orderer`];
  },
};

function ownEndpoints({ mspId }: FabricRun, config: ChannelConfig): readonly Endpoint[] {
  return orderingMembersOf(config).find((member) => member.mspId === mspId)?.endpoints ?? [];
}

function isSame(one: Endpoint, other: Endpoint): boolean {
  return one.host === other.host && one.port === other.port;
}
