import { common, msp } from '@hyperledger/fabric-protos';
import { FabricNetworkError } from '../errors.ts';
import { checkMspId } from '../names.ts';

const ROLES = {
  member: msp.MSPRole.MSPRoleType.MEMBER,
  admin: msp.MSPRole.MSPRoleType.ADMIN,
  client: msp.MSPRole.MSPRoleType.CLIENT,
  peer: msp.MSPRole.MSPRoleType.PEER,
  orderer: msp.MSPRole.MSPRoleType.ORDERER,
} as const;

/** A role of one organisation; `member` is any of its identities. */
export interface Principal {
  readonly mspId: string;
  readonly role: keyof typeof ROLES;
}

/**
 * Rule that at least `n` of the principals signed.
 *
 * @throws FabricNetworkError VALUE_INVALID, MSP_ID_INVALID
 */
export function signatureRule(n: number, principals: readonly Principal[]): common.SignaturePolicyEnvelope {
  if (!Number.isInteger(n) || n < 1 || n > principals.length) {
    throw new FabricNetworkError('VALUE_INVALID', `n: ${n} of ${principals.length} principals cannot be asked for.`, { field: 'n' });
  }
  const outOf = new common.SignaturePolicy.NOutOf();
  outOf.setN(n);
  outOf.setRulesList(
    principals.map((_, index) => {
      const one = new common.SignaturePolicy();
      one.setSignedBy(index);
      return one;
    }),
  );
  const rule = new common.SignaturePolicy();
  rule.setNOutOf(outOf);
  const envelope = new common.SignaturePolicyEnvelope();
  envelope.setRule(rule);
  envelope.setIdentitiesList(principals.map(principalMessage));
  return envelope;
}

/** Policy that at least `n` of the principals signed. @throws FabricNetworkError VALUE_INVALID, MSP_ID_INVALID */
export function signaturePolicy(n: number, principals: readonly Principal[]): common.Policy {
  return policy(common.Policy.PolicyType.SIGNATURE, signatureRule(n, principals));
}

/** Policy over the policies of the same name in the groups below: any, all or more than half of them. */
export function groupPolicy(rule: keyof typeof common.ImplicitMetaPolicy.Rule, subPolicy: string): common.Policy {
  const meta = new common.ImplicitMetaPolicy();
  meta.setRule(common.ImplicitMetaPolicy.Rule[rule]);
  meta.setSubPolicy(subPolicy);
  return policy(common.Policy.PolicyType.IMPLICIT_META, meta);
}

function policy(type: number, message: { serializeBinary(): Uint8Array }): common.Policy {
  const result = new common.Policy();
  result.setType(type);
  result.setValue(message.serializeBinary());
  return result;
}

function principalMessage({ mspId, role }: Principal): msp.MSPPrincipal {
  const inner = new msp.MSPRole();
  inner.setMspIdentifier(checkMspId(mspId));
  inner.setRole(ROLES[role]);
  const principal = new msp.MSPPrincipal();
  principal.setPrincipalClassification(msp.MSPPrincipal.Classification.ROLE);
  principal.setPrincipal(inner.serializeBinary());
  return principal;
}
