import { sm2Verify } from '@collabnet/sm';
import { z } from 'zod';
import type { ContractContext } from '../core/context.ts';
import { ContractError } from '../core/contract-error.ts';
import { defineMethod } from '../core/method.ts';
import { load, loadOrThrow, save, stamp } from '../core/store.ts';
import { contractsInForce } from '../core/upgrade.ts';
import type { NetworkView } from '../governance/queries.ts';
import { keys } from '../state/keys.ts';
import { assertAdmissible } from './admit.ts';
import { invitationIdSchema } from './invite.ts';
import { joinDigest } from './proof.ts';
import {
  type InvitationRecord,
  type JoinRecord,
  type JoinRequest,
  joinRequestSchema,
  statedContractsSchema,
} from './record.ts';

/**
 * A candidate asks to join. The transaction is signed with the key inside the request, so the candidate holds it; the
 * proof shows that it holds the invitation. An invitation serves one request, decided or not.
 *
 * On Fabric it says which contracts its release has. Asking the same again says so anew: the network may have agreed on
 * others meanwhile, and the members take its peer in only with those in force.
 */
export const join = defineMethod(
  'membership.join',
  z.strictObject({
    invitationId: invitationIdSchema,
    request: joinRequestSchema,
    proof: z.string().max(128),
    contracts: statedContractsSchema.optional(),
  }),
  (context, { invitationId, request, proof, contracts }) => {
    const { state, caller, networkId, blockTime, height } = context;
    if (caller.principal.type !== 'institution' || caller.via !== 'key' || caller.principal.id !== request.did) {
      throw new ContractError('FORBIDDEN', 'request.did: the candidate itself must sign, with its new key', {
        field: 'request.did',
      });
    }
    const id = joinDigest(networkId, invitationId, request);
    const known = load<JoinRecord>(state, keys.join(id));
    if (known !== undefined) return stateAnew(context, known, contracts);
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
    checkContracts(state, contracts);
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
      ...(contracts === undefined ? {} : { contracts }),
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

function stateAnew(context: ContractContext, known: JoinRecord, contracts: string | undefined): JoinRecord {
  if (contracts === undefined || contracts === known.contracts || known.state === 'Refused') return known;
  checkContracts(context.state, contracts);
  const record: JoinRecord = { ...known, contracts };
  save(context.state, keys.join(known.id), record);
  context.emit('membership.contracts-stated', known.id, { did: known.request.did, contracts });
  return record;
}

/**
 * The digest is compared by the members' operators: state does not know it. What a candidate says is not proof, but who
 * says nothing, or another version, is not voted on in vain.
 */
function checkContracts(state: ContractContext['state'], contracts: string | undefined): void {
  if (load<NetworkView>(state, keys.network)?.ledger.driver !== 'fabric') return;
  const field = 'contracts';
  if (contracts === undefined) {
    throw new ContractError('INVALID_ARGUMENT', `${field}: the ledger is on Fabric; say which contracts the release has`, {
      field,
    });
  }
  const inForce = contractsInForce(state) ?? '';
  if (contracts.split('+')[0] === inForce) return;
  throw new ContractError(
    'INVALID_ARGUMENT',
    `${field}: version ${inForce} is in force, the candidate has ${contracts}; install the release that the network runs`,
    { field },
  );
}

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
