import type { ApprovalSpec } from './approval.ts';
import type { StandingGrant } from './grant.ts';

/**
 * What a person signed, rebuilt from the object that carries the signature. Kubernetes writes times as RFC 3339 text,
 * the ledger as epoch ms; both sides of a signature go through here, so that they get the same octets.
 */

/** A standing grant as the ledger's `GrantContent`; times become epoch ms. */
export type LedgerGrantContent = Omit<StandingGrant, 'approval' | 'revoked' | 'form'> & {
  asset: string;
  form: { type: StandingGrant['form']['type']; flow?: string; count?: number; notBefore?: number; notAfter?: number };
};

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
 * @param asset - Id of the asset on the ledger, `<subject code>/<name>`.
 */
export function grantContentOf(asset: string, grant: Omit<StandingGrant, 'approval' | 'revoked'>): LedgerGrantContent {
  const { form, ...signed } = grant;
  const { notBefore, notAfter, ...rest } = form;
  const content: Omit<StandingGrant, 'approval' | 'form'> & { approval?: unknown } = { ...signed };
  delete content.approval;
  delete content.revoked;
  return {
    ...content,
    asset,
    form: {
      ...rest,
      ...(notBefore === undefined ? {} : { notBefore: Date.parse(notBefore) }),
      ...(notAfter === undefined ? {} : { notAfter: Date.parse(notAfter) }),
    },
  };
}

/**
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
