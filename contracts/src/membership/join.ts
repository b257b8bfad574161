import { sm2Verify } from '@collabnet/sm';
import { z } from 'zod';
import type { ContractContext } from '../core/context.ts';
import { ContractError } from '../core/contract-error.ts';
import { defineMethod } from '../core/method.ts';
import { load, loadOrThrow, save, stamp } from '../core/store.ts';
import type { NetworkView } from '../governance/queries.ts';
import { keys } from '../state/keys.ts';
import { assertAdmissible } from './admit.ts';
import { invitationIdSchema } from './invite.ts';
import { joinDigest } from './proof.ts';
import { type InvitationRecord, type JoinRecord, type JoinRequest, joinRequestSchema } from './record.ts';

/**
 * A candidate asks to join. The transaction is signed with the key inside the request, so the candidate holds it; the
 * proof shows that it holds the invitation. An invitation serves one request, decided or not.
 */
export const join = defineMethod(
  'membership.join',
  z.strictObject({ invitationId: invitationIdSchema, request: joinRequestSchema, proof: z.string().max(128) }),
  (context, { invitationId, request, proof }) => {
    const { state, caller, networkId, blockTime, height } = context;
    if (caller.principal.type !== 'institution' || caller.via !== 'key' || caller.principal.id !== request.did) {
      throw new ContractError('FORBIDDEN', 'request.did: the candidate itself must sign, with its new key', {
        field: 'request.did',
      });
    }
    const id = joinDigest(networkId, invitationId, request);
    const known = load<JoinRecord>(state, keys.join(id));
    if (known !== undefined) return known;
    const invitation = loadOrThrow<InvitationRecord>(
      state,
      keys.invitation(invitationId),
      'such invitation',
      'invitationId',
    );
    checkInvitation(context, invitation);
    if (!sm2Verify(id, proof, invitation.invitationKey)) {
      throw new ContractError('PROOF_INVALID', 'proof: not a signature of the invitation key over this request', {
        field: 'proof',
      });
    }
    assertAdmissible(state, networkId, request);
    checkOrganisation(state, request);
    const record: JoinRecord = {
      ...stamp('join'),
      id,
      digest: id,
      invitationId,
      request,
      state: 'Pending',
      votes: {},
      requestedAt: blockTime,
      requestedHeight: height,
    };
    save(state, keys.join(id), record);
    save(state, keys.invitation(invitationId), { ...invitation, state: 'Used', join: id });
    context.emit('membership.requested', id, {
      did: request.did,
      displayName: request.displayName,
      invitation: invitationId,
    });
    return record;
  },
);

function checkInvitation({ blockTime }: ContractContext, invitation: InvitationRecord): void {
  const field = 'invitationId';
  if (invitation.state === 'Used') {
    throw new ContractError('INVITATION_USED', `${field}: it was used by another request; ask for a new one`, {
      field,
    });
  }
  if (blockTime >= invitation.expires) {
    throw new ContractError('EXPIRED', `${field}: the invitation has expired; ask for a new one`, { field });
  }
}

function checkOrganisation(state: ContractContext['state'], { subjectCode, fabric }: JoinRequest): void {
  if (fabric === undefined && load<NetworkView>(state, keys.network)?.ledger.driver === 'fabric') {
    const field = 'request.fabric';
    throw new ContractError('INVALID_ARGUMENT', `${field}: the ledger is on Fabric; name the organisation of the channel`, {
      field,
    });
  }
  if (fabric === undefined || fabric.mspId === subjectCode) return;
  const field = 'request.fabric.mspId';
  throw new ContractError('INVALID_ARGUMENT', `${field}: give the subject code, ${subjectCode}`, { field });
}
