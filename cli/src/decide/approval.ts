import { API_VERSION, approvalStatementOf, type Approval, type ApprovalSpec } from '@collabnet/crds';
import { approvalPayload, newNonce, transactionBytes, type ApprovalStatement, type JsonObject } from '@collabnet/envelope';
import type { OwnerReference } from '@collabnet/crds';

export type Sign = (message: Uint8Array) => Promise<string>;

/** A decision before it is signed. */
export interface Decision {
  readonly network: { readonly name: string; readonly id: string };
  readonly subject: ApprovalSpec['subject'];
  readonly decision: 'Approve' | 'Refuse';
  readonly reason: string;
  readonly signer: { readonly did: string; readonly keyId: string };
  /** ms since 1970 */
  readonly expires: number;
  readonly body?: JsonObject;
}

/**
 * Signs a decision: the signature covers the transaction that the operator rebuilds from the spec, so the same function
 * builds it here.
 *
 * @throws EnvelopeError MALFORMED when the decision has no transaction, e.g. refusing a person
 */
export async function signDecision(decision: Decision, sign: Sign): Promise<ApprovalSpec> {
  const { network, subject, reason, signer, body } = decision;
  const unsigned: Omit<ApprovalSpec, 'signature'> = {
    networkRef: { name: network.name },
    subject: { ...subject },
    decision: decision.decision,
    reason,
    signer: signer.did,
    keyID: signer.keyId,
    nonce: newNonce(),
    expires: new Date(decision.expires).toISOString(),
    ...(body === undefined ? {} : { body }),
  };
  const statement = approvalStatementOf(network.id, { ...unsigned, signature: '' }) as ApprovalStatement;
  return { ...unsigned, signature: await sign(transactionBytes(approvalPayload(statement))) };
}

/** The object that carries a signed decision. */
export function approvalObject(spec: ApprovalSpec, label: string, owner?: OwnerReference): Approval {
  const suffix = spec.nonce.slice(0, 8);
  const stem = label.toLowerCase().replace(/[^a-z0-9-]+/g, '-').slice(0, 63 - suffix.length - 1).replace(/^-+|-+$/g, '');
  return {
    apiVersion: API_VERSION,
    kind: 'Approval',
    metadata: { name: `${stem === '' ? 'approval' : stem}-${suffix}`, ...(owner === undefined ? {} : { ownerReferences: [owner] }) },
    spec,
  };
}
