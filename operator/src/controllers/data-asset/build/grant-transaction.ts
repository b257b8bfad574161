import { approvalStatementOf, type StandingGrant } from '@collabnet/crds';
import { approvalPayload, digestOf, type ApprovalStatement, type JsonObject, type SignedTransaction } from '@collabnet/envelope';
import { standingGrantContent } from '@collabnet/flow';

/**
 * The transaction a data manager signed for a standing grant, rebuilt from the asset's specification. Nothing is added:
 * whatever was changed since makes the signature invalid, and the ledger refuses it.
 *
 * @throws EnvelopeError MALFORMED, FlowError FLOW_INVALID
 */
export function grantTransaction(network: { id: string; name: string }, assetId: string, grant: StandingGrant): { tx: SignedTransaction; digest: string } {
  const { approval, id } = grant;
  const body = standingGrantContent(assetId, grant) as JsonObject;
  const digest = digestOf(body);
  const statement = approvalStatementOf(network.id, {
    networkRef: { name: network.name },
    subject: { kind: 'Grant', id, digest },
    decision: 'Approve',
    reason: approval.reason ?? '',
    signer: approval.signer,
    keyID: approval.keyID,
    nonce: approval.nonce,
    expires: approval.expires,
    signature: approval.signature,
    body,
  }) as ApprovalStatement;
  return { tx: { payload: approvalPayload(statement), signature: approval.signature }, digest };
}
