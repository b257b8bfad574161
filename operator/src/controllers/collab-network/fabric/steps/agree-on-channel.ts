import type { ChannelUpdateRecord, CredentialRecord, MemberRecord } from '@collabnet/contracts';
import type { ChannelConfig } from '@collabnet/fabric-network';
import type { NetworkSession } from '../../../../institution/network-session.ts';
import { StalledError, WaitError, type StepResult } from '../../../../runtime/index.ts';
import { asReconcileError } from '../../../sessions.ts';
import { findOnLedger } from '../../find-on-ledger.ts';
import { noneAnswers } from '../answers-tls.ts';
import { otherLeaver, ownRemoval, wantedChanges, type WantedChange } from '../channel-changes.ts';
import { channelUpdate, submitUpdate, type ChannelUpdate } from '../channel-update.ts';
import { configOf, signerOf } from '../fabric-clients.ts';
import { asFabricWait } from '../fabric-errors.ts';
import type { FabricRun } from '../fabric-run.ts';
import { contractsHindrance } from '../member-contracts.ts';

/** What others do meanwhile is looked for after this long, ms. */
const RECHECK_MS = 2_000;

/** Why the channel does not have the members of the ledger yet. */
interface Pending {
  readonly reason: string;
  readonly message: string;
}

/**
 * Brings the organisations of the channel to the members on the ledger: each member computes the update for itself, signs
 * only its own octets and hands the signature to the others over the ledger; who finds enough of them submits it.
 */
export async function agreeOnMembers(fabric: FabricRun, session: NetworkSession, members: readonly MemberRecord[]): Promise<StepResult> {
  const config = await configOf(fabric);
  const pending: Pending[] = [];
  for (const change of wantedChanges(config, members)) {
    const hindrance = (await hindranceOf(fabric, session, change)) ?? (await advance(fabric, session, config, change));
    pending.push(hindrance);
    // Every other change has to be computed anew after this one.
    if (hindrance.reason === 'UpdateSubmitted') break;
  }
  const [first] = pending;
  fabric.run.ctx.setCondition({
    type: 'ChannelAgreed',
    status: first === undefined ? 'True' : 'False',
    reason: first?.reason ?? 'AllMembers',
    message: first?.message ?? 'the channel has the members that the ledger has',
  });
  return first === undefined ? undefined : { requeueAfterMs: RECHECK_MS };
}

/**
 * Signs the own removal, so that the others have enough signatures when this institution cannot sign any more.
 *
 * @throws WaitError while another one leaves: its removal would make this signature void, when it cannot be made again
 */
export async function signOwnRemoval(fabric: FabricRun, session: NetworkSession, members: readonly MemberRecord[]): Promise<void> {
  const config = await configOf(fabric);
  const change = ownRemoval(config, session.did);
  if (change === undefined) return;
  const other = otherLeaver(config, members, session.did);
  if (other !== undefined) throw new WaitError('AnotherLeaves', `${other.displayName} is being taken off the channel; institutions leave one after another`, RECHECK_MS);
  const update = await updateOf(fabric, session, config, change);
  if (!update.handedOver) await handOver(fabric, session, change, update);
}

/**
 * What speaks against an update that may be made. Once a member is in, its endorsement counts; if its peer were not there,
 * nothing could be written, not even its credential.
 */
async function hindranceOf({ contractsInForce, run }: FabricRun, session: NetworkSession, change: WantedChange): Promise<Pending | undefined> {
  const { did, displayName, organisation } = change;
  if (organisation === undefined) return undefined;
  if ((await findOnLedger<CredentialRecord>(session.ledger, 'membership', 'credential', { did })) === undefined) {
    return { reason: 'AwaitingCredential', message: `${displayName} comes to the channel when it has its credentials for the hub` };
  }
  const contracts = await contractsHindrance(session.ledger, change, contractsInForce?.version);
  if (contracts !== undefined) return { reason: 'MemberContractsDiffer', message: contracts };
  const problem = await noneAnswers(organisation.peers, organisation.tlsRootCertificates, run.services.fabric.members);
  return problem === undefined ? undefined : { reason: 'MemberUnreachable', message: `${displayName} comes to the channel when its peer answers: ${problem}; check its address, and networkPolicy.fabric in the Helm values of both` };
}

/** Takes the change one step further. */
async function advance(fabric: FabricRun, session: NetworkSession, config: ChannelConfig, change: WantedChange): Promise<Pending> {
  const what = `${change.kind === 'AddMember' ? 'adding' : 'removing'} ${change.displayName}`;
  try {
    const update = await updateOf(fabric, session, config, change);
    if (update.missing === 0) return await submit(fabric, config, change, update, what);
    if (!update.handedOver) await handOver(fabric, session, change, update);
    return { reason: 'AwaitingSignatures', message: `${what}: signed by ${update.signers.join(', ')}; ${update.missing} more must sign` };
  } catch (error) {
    // One member must not keep this institution from its other work.
    const known = asFabricWait(error, what);
    if (known instanceof WaitError || known instanceof StalledError) return { reason: known.reason, message: known.message };
    throw error;
  }
}

function updateOf(fabric: FabricRun, session: NetworkSession, config: ChannelConfig, change: WantedChange): Promise<ChannelUpdate> {
  return channelUpdate(config, change, session.did, signerOf(fabric), (id) => findOnLedger<ChannelUpdateRecord>(session.ledger, 'channel', 'update', { id }));
}

async function handOver(fabric: FabricRun, session: NetworkSession, { kind, did, displayName }: WantedChange, { text, own }: ChannelUpdate): Promise<void> {
  try {
    await session.submit({ kind: 'Channel', contract: 'channel', method: 'sign', public: { change: { kind, did }, update: text, signature: Buffer.from(own).toString('base64') } });
  } catch (error) {
    throw asReconcileError(error, `signing the update of the channel for ${displayName}`);
  }
  fabric.run.ctx.event({ type: 'Normal', reason: 'ChannelUpdateSigned', message: `${kind} ${displayName}` });
}

async function submit(fabric: FabricRun, config: ChannelConfig, change: WantedChange, update: ChannelUpdate, what: string): Promise<Pending> {
  try {
    await submitUpdate(config, update, signerOf(fabric));
    const added = change.kind === 'AddMember';
    fabric.run.ctx.event({ type: 'Normal', reason: added ? 'ChannelMemberAdded' : 'ChannelMemberRemoved', message: `${change.displayName}; signed by ${update.signers.join(', ')}` });
  } catch (error) {
    // Another member was faster, and this one was computed for the configuration before.
    const now = await configOf(fabric);
    if (now.sequence === config.sequence) throw error;
  }
  return { reason: 'UpdateSubmitted', message: `${what}: the update is with the orderers` };
}
