import { joinDigest, joinProof, type CredentialRecord, type JoinRecord, type JoinRequest } from '@collabnet/contracts';
import { formatDid, keyIdOf } from '@collabnet/did';
import { newPayload, openSealed, sealedAad, signTransaction } from '@collabnet/envelope';
import { LedgerError, type EmbeddedLedgerClient } from '@collabnet/ledger';
import { StalledError, WaitError } from '../../../runtime/index.ts';
import { parseInvitation, type Invitation } from '../invitation.ts';
import { required, type NetworkRun } from '../network-run.ts';
import { accessSecret } from './load-access.ts';
import { institutionOf } from './load-identity.ts';

/** While votes are out, the ledger is looked at again after this long even without news, ms. */
const VOTE_RECHECK_MS = 15_000;

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
    run.ctx.status.membership = 'Active';
    await joins.close(name);
    return;
  }
  const secretName = join.invitationSecretRef.name;
  const values = await secrets.read(secretName);
  if (values === undefined) throw new WaitError('InvitationNotFound', `spec.join.invitationSecretRef: Secret ${secretName} does not exist; apply the one you were given`, 10_000);
  const invitation = parseInvitation(secretName, values);
  const { ledger } = await joins.open(name, invitation, run.ctx.signal);
  await firstContact(ledger);
  const request = joinRequest(run, invitation);
  run.ctx.status.networkID = invitation.networkId;
  run.ctx.status.did = request.did;
  const id = joinDigest(invitation.networkId, invitation.invitationId, request);
  const record = (await findJoin(ledger, id)) ?? (await submitJoin(run, ledger, invitation, request));
  await requireActive(run, record);
  await storeAccess(run, ledger, invitation, request);
  run.ctx.status.membership = 'Active';
  run.ctx.event({ type: 'Normal', reason: 'Joined', message: `joined network ${invitation.networkName} as ${request.did}` });
  await joins.close(name);
}

async function firstContact(ledger: EmbeddedLedgerClient): Promise<void> {
  try {
    await ledger.refresh();
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'BLOCK_INVALID') {
      throw new StalledError('LedgerInvalid', `the ledger does not match the invitation: ${error.message}; do not join, ask the institution that invited you`, { cause: error });
    }
    throw new WaitError('LedgerUnreachable', `no contact with the ledger yet: ${error instanceof Error ? error.message : 'unknown'}`, 2_000, { cause: error });
  }
}

function joinRequest(run: NetworkRun, invitation: Invitation): JoinRequest {
  const institution = institutionOf(run);
  if (institution.persons.length === 0) {
    throw new StalledError('PersonMissing', 'spec.personRefs: name at least one Person who may consent for this institution');
  }
  return { ...institution, did: formatDid(invitation.networkId, institution.subjectCode) };
}

async function findJoin(ledger: EmbeddedLedgerClient, id: string): Promise<JoinRecord | undefined> {
  try {
    return await ledger.evaluate<JoinRecord>('membership', 'joinRequest', { id });
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}

async function submitJoin(run: NetworkRun, ledger: EmbeddedLedgerClient, invitation: Invitation, request: JoinRequest): Promise<JoinRecord> {
  const keys = required(run.keys, 'keys');
  const id = joinDigest(invitation.networkId, invitation.invitationId, request);
  const proof = joinProof(invitation.invitationKey, invitation.networkId, invitation.invitationId, request);
  const payload = newPayload({
    network: invitation.networkId,
    kind: 'Membership',
    contract: 'membership',
    method: 'join',
    principal: { type: 'institution', scheme: 'DID', id: request.did },
    keyId: keyIdOf(request.did, 'key-1'),
    public: { invitationId: invitation.invitationId, request: request, proof },
  });
  try {
    await ledger.submit(await signTransaction(payload, (bytes) => keys.sign(bytes)));
  } catch (error) {
    if (error instanceof LedgerError && !['UNAVAILABLE', 'TIMEOUT', 'STALE'].includes(error.code)) {
      throw new StalledError('JoinRefused', `the ledger refused the join request: ${error.message}`, { cause: error });
    }
    throw error;
  }
  run.ctx.event({ type: 'Normal', reason: 'JoinRequested', message: `asked to join ${invitation.networkName}; its members vote` });
  const record = await findJoin(ledger, id);
  if (record === undefined) throw new Error('the join request is on the ledger but cannot be found; trying again');
  return record;
}

function requireActive(run: NetworkRun, record: JoinRecord): Promise<void> {
  const votes = Object.values(record.votes);
  if (record.state === 'Refused') {
    run.ctx.status.membership = 'Refused';
    const reasons = votes.filter((vote) => vote.decision === 'Refuse').map((vote) => vote.reason ?? 'no reason given');
    throw new StalledError('JoinRefused', `the members refused the request: ${reasons.join('; ')}; ask them, then delete this CollabNetwork and join with a new invitation`);
  }
  if (record.state === 'Pending') {
    run.ctx.status.membership = 'Pending';
    throw new WaitError('AwaitingVotes', `the request ${record.id} waits for the members' votes: ${votes.length} so far`, VOTE_RECHECK_MS);
  }
  return Promise.resolve();
}

async function storeAccess(run: NetworkRun, ledger: EmbeddedLedgerClient, invitation: Invitation, request: JoinRequest): Promise<void> {
  const keys = required(run.keys, 'keys');
  const credential = await ledger.evaluate<CredentialRecord | null>('membership', 'credential', { did: request.did }).catch((error: unknown) => {
    if (error instanceof LedgerError && error.code === 'NOT_FOUND') return null;
    throw error;
  });
  if (credential === null) throw new WaitError('AwaitingCredential', 'voted in; the host of the hub now issues the credentials', VOTE_RECHECK_MS);
  const aad = sealedAad({ network: invitation.networkId, contract: 'membership', method: 'issueCredential', nonce: credential.nonce });
  const opened = await openSealed(credential.sealed, keyIdOf(request.did, 'agree-1'), (bytes) => keys.decrypt(bytes), aad);
  const { control, data, hubUrl, caPem } = opened as { control: string; data: string; hubUrl: string; caPem: string };
  await run.services.secrets.ensure(accessSecret(run.network), () => ({
    'access.json': JSON.stringify({ networkId: invitation.networkId, did: request.did, hubUrl }),
    'hub-ca.crt': caPem,
    'control.creds': control,
    'data.creds': data,
  }));
}
