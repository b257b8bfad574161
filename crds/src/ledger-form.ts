import type { ApprovalSpec } from './approval.ts';

/** Shaped as `ApprovalStatement` of @collabnet/envelope. */
export interface LedgerApprovalStatement {
  network: string;
  subject: { kind: ApprovalSpec['subject']['kind']; id: string; digest: string };
  decision: 'Approve' | 'Refuse';
  reason: string;
  signer: { did: string; keyId: string };
  nonce: string;
  expires: number;
  audience?: string[];
  body?: Record<string, never>;
}

/**
 * What a person signed, rebuilt from the object that carries the signature. Kubernetes writes times as RFC 3339 text,
 * the ledger as epoch ms; both sides of a signature go through here, so that they get the same octets. For a standing
 * grant see `standingGrantContent` of @collabnet/flow.
 *
 * @param network - Id of the network, from the status of the CollabNetwork.
 */
export function approvalStatementOf(network: string, spec: ApprovalSpec): LedgerApprovalStatement {
  const { subject, decision, reason, signer, keyID, nonce, expires, audience, body } = spec;
  return {
    network,
    subject: { ...subject },
    decision,
    reason,
    signer: { did: signer, keyId: keyID },
    nonce,
    expires: Date.parse(expires),
    ...(audience === undefined ? {} : { audience: [...audience] }),
    ...(body === undefined ? {} : { body: body as Record<string, never> }),
  };
}
