import type { CredentialRecord, JoinRecord, JoinRequest } from '@collabnet/contracts';
import { formatDid, keyIdOf } from '@collabnet/did';
import { openSealed, sealedAad } from '@collabnet/envelope';
import { StalledError, WaitError } from '../../../runtime/index.ts';
import { contractsOfRelease, keepContractsStated, readLedger, requireAdmission, type Candidacy } from '../candidacy.ts';
import type * as candidate from '../fabric/candidate.ts';
import { findOnLedger } from '../find-on-ledger.ts';
import { parseInvitation, requireLedgerDriver } from '../invitation.ts';
import { findOwnRequest, submitJoin } from '../join-request.ts';
import { required, type NetworkRun } from '../network-run.ts';
import { ownJoin } from '../pending-joins.ts';
import { accessSecret } from './load-access.ts';
import { institutionOf } from './load-identity.ts';

/** While votes are out, the ledger is looked at again after this long even without news, ms. */
const VOTE_RECHECK_MS = 15_000;

/** What joining needs beside the ledger where a network is on Fabric; loaded only there. */
const onFabric = (): Promise<typeof candidate> => import('../fabric/candidate.ts');

/**
 * Joins by invitation: asks, waits for the votes, and stores the leaf credential that comes back sealed to this
 * institution. Does nothing once that is stored, and nothing for a founder.
 */
export async function joinNetwork(run: NetworkRun): Promise<void> {
  const { join } = run.network.spec;
  const { secrets, joins } = run.services;
  if (join === undefined) return;
  const name = run.network.metadata.name;
  if ((await secrets.read(accessSecret(run.network))) !== undefined) {
    if (run.ctx.status.membership !== 'Active') run.ctx.status.membership = 'Admitted';
    // On Fabric the own peer may not show the ledger yet.
    if (run.network.spec.ledger.driver === 'embedded') await joins.close(name);
    return;
  }
  const secretName = join.invitationSecretRef.name;
  const values = await secrets.read(secretName);
  if (values === undefined) throw new WaitError('InvitationNotFound', `spec.join.invitationSecretRef: Secret ${secretName} does not exist; apply the one you were given`, 10_000);
  const invitation = parseInvitation(secretName, values);
  requireLedgerDriver(run.network.spec.ledger.driver, invitation);
  const { ledger } = await joins.open(name, invitation, run.ctx.signal);
  await readLedger({ run, ledger, invitation });
  const institution = presentable(run);
  const place = { networkId: invitation.networkId, did: formatDid(invitation.networkId, institution.subjectCode) };
  run.ctx.status.networkID = place.networkId;
  run.ctx.status.did = place.did;
  const candidacy = { run, ledger, invitation, place };
  const record = (await findOwnRequest(run, ledger, invitation, place.did)) ?? (await ask(candidacy, { ...institution, did: place.did }));
  await requireActive(candidacy, record);
  await storeAccess(candidacy);
  run.ctx.status.membership = 'Admitted';
  run.ctx.event({ type: 'Normal', reason: 'Joined', message: `joined network ${invitation.networkName} as ${place.did}` });
}

function presentable(run: NetworkRun): ReturnType<typeof institutionOf> {
  const institution = institutionOf(run);
  if (institution.persons.length > 0) return institution;
  throw new StalledError('PersonMissing', 'spec.personRefs: name at least one Person who may consent for this institution');
}

async function ask(candidacy: Candidacy, request: JoinRequest): Promise<JoinRecord> {
  const { run, ledger, invitation } = candidacy;
  const record = invitation.ledgerDriver === 'embedded' ? await submitJoin(run, ledger, invitation, request) : await askOnFabric(candidacy, request);
  run.ctx.event({ type: 'Normal', reason: 'JoinRequested', message: `asked to join ${invitation.networkName}; its members vote` });
  return record;
}

/**
 * On Fabric the release must have the contracts in force, and peer and contracts serve first: from the day the members let
 * it in, the institution's endorsement counts.
 */
async function askOnFabric(candidacy: Candidacy, request: JoinRequest): Promise<JoinRecord> {
  const { run, ledger, invitation, place } = candidacy;
  const contracts = await contractsOfRelease(run, ledger);
  const { candidateOrganisation, prepareCandidate } = await onFabric();
  await prepareCandidate(run, place);
  try {
    return await submitJoin(run, ledger, invitation, { ...request, fabric: await candidateOrganisation(run, place) }, contracts);
  } catch (error) {
    if (!(error instanceof StalledError)) throw error;
    // A host that failed over may refuse what is on the ledger already; the members vote on the authorities in there.
    await readLedger(candidacy);
    const recorded = await findOwnRequest(run, ledger, invitation, place.did).catch((problem: unknown) => {
      // The invitation serves no request of this institution any more.
      if (problem instanceof StalledError) return undefined;
      throw problem;
    });
    if (recorded !== undefined) return recorded;
    await removeNodes(run);
    throw error;
  }
}

async function removeNodes(run: NetworkRun): Promise<void> {
  if (run.network.spec.ledger.driver !== 'fabric') return;
  const { removeCandidate } = await import('../fabric/remove-candidate.ts');
  await removeCandidate(run);
}

async function requireActive(candidacy: Candidacy, record: JoinRecord): Promise<void> {
  const { run, invitation, place } = candidacy;
  const votes = Object.values(record.votes);
  if (record.state === 'Refused') {
    run.ctx.status.membership = 'Refused';
    await removeNodes(run);
    const reasons = votes.filter((vote) => vote.decision === 'Refuse').map((vote) => vote.reason ?? 'no reason given');
    throw new StalledError('JoinRefused', `the members refused the request: ${reasons.join('; ')}; ask them, then delete this CollabNetwork and join with a new invitation`);
  }
  run.ctx.status.membership = record.state === 'Pending' ? 'Pending' : 'Admitted';
  run.ctx.status.joinRequest = ownJoin(record);
  await requireAdmission(candidacy);
  await keepContractsStated(candidacy, record);
  if (record.state === 'Pending') {
    if (invitation.ledgerDriver === 'fabric') await (await onFabric()).prepareCandidate(run, place);
    throw new WaitError('AwaitingVotes', `the request ${record.id} waits for the members' votes: ${votes.length} so far`, VOTE_RECHECK_MS);
  }
}

async function storeAccess({ run, ledger, invitation, place: { networkId, did } }: Candidacy): Promise<void> {
  const keys = required(run.keys, 'keys');
  const credential = await findOnLedger<CredentialRecord>(ledger, 'membership', 'credential', { did });
  if (credential === undefined) throw new WaitError('AwaitingCredential', 'voted in; the host of the hub now issues the credentials', VOTE_RECHECK_MS);
  const aad = sealedAad({ network: networkId, contract: 'membership', method: 'issueCredential', nonce: credential.nonce });
  const opened = await openSealed(credential.sealed, keyIdOf(did, 'agree-1'), (bytes) => keys.decrypt(bytes), aad);
  const { control, data, hubUrl, caPem } = opened as { control: string; data: string; hubUrl: string; caPem: string };
  if (invitation.ledgerDriver === 'fabric') await (await onFabric()).keepFirstBlock(run, { networkId, did }, ledger);
  await run.services.secrets.ensure(accessSecret(run.network), () => ({
    'access.json': JSON.stringify({ networkId, did, hubUrl }),
    'hub-ca.crt': caPem,
    'control.creds': control,
    'data.creds': data,
  }));
}
