import { joinDigest, joinProof, type InvitationRecord, type JoinRecord, type JoinRequest } from '@collabnet/contracts';
import { keyIdOf } from '@collabnet/did';
import { newPayload, signTransaction } from '@collabnet/envelope';
import { LedgerError } from '@collabnet/ledger';
import { StalledError, WaitError } from '../../runtime/index.ts';
import { findOnLedger } from './find-on-ledger.ts';
import type { Invitation } from './invitation.ts';
import type { CandidateLedger } from './join-client.ts';
import { required, type NetworkRun } from './network-run.ts';

const INVITATION_RECHECK_MS = 5_000;

/**
 * The request that was made with an invitation, if this institution made it.
 *
 * @throws StalledError JoinRefused when the invitation can serve no request of this institution any more
 */
export async function findOwnRequest(run: NetworkRun, ledger: CandidateLedger, { invitationId }: Invitation, did: string): Promise<JoinRecord | undefined> {
  const invitation = await findOnLedger<InvitationRecord>(ledger, 'membership', 'invitation', { id: invitationId });
  if (invitation === undefined) throw new WaitError('InvitationUnknown', 'the invitation is not on the ledger yet; the institution that issued it puts it there', INVITATION_RECHECK_MS);
  if (invitation.join !== undefined) {
    const record = await findOnLedger<JoinRecord>(ledger, 'membership', 'joinRequest', { id: invitation.join });
    if (record?.request.did === did && record.request.signKey === run.keys?.signPublicKey) return record;
    throw new StalledError('JoinRefused', 'the invitation was used by another request; ask for a new one');
  }
  if (run.ctx.clock.now() < invitation.expires) return undefined;
  throw new StalledError('JoinRefused', 'the invitation has expired; ask for a new one');
}

/**
 * Puts the request on the ledger, or says anew which contracts the release has.
 *
 * @param contracts on Fabric: their definition
 * @throws StalledError JoinRefused when the contracts refuse it
 */
export async function submitJoin(run: NetworkRun, ledger: CandidateLedger, invitation: Invitation, request: JoinRequest, contracts?: string): Promise<JoinRecord> {
  const keys = required(run.keys, 'keys');
  const { networkId, invitationId, invitationKey } = invitation;
  const payload = newPayload({
    network: networkId,
    kind: 'Membership',
    contract: 'membership',
    method: 'join',
    principal: { type: 'institution', scheme: 'DID', id: request.did },
    keyId: keyIdOf(request.did, 'key-1'),
    public: { invitationId, request, proof: joinProof(invitationKey, networkId, invitationId, request), ...(contracts !== undefined && { contracts }) },
  });
  try {
    await ledger.submit(await signTransaction(payload, (bytes) => keys.sign(bytes)));
  } catch (error) {
    if (error instanceof LedgerError && !['UNAVAILABLE', 'TIMEOUT', 'STALE'].includes(error.code)) {
      throw new StalledError('JoinRefused', `the ledger refused the join request: ${error.message}`, { cause: error });
    }
    throw error;
  }
  const record = await findOnLedger<JoinRecord>(ledger, 'membership', 'joinRequest', { id: joinDigest(networkId, invitationId, request) });
  if (record === undefined) throw new Error('the join request is on the ledger but cannot be found; trying again');
  return record;
}
