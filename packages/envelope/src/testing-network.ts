import { formatDid, keyIdOf } from '@collabnet/did';
import { generateSm2KeyPair, sm2Sign } from '@collabnet/sm';
import { signDelegation } from './delegation.ts';
import { newPayload, signTransaction } from './transaction.ts';
import type { Sm2KeyPair } from '@collabnet/sm';
import type { NewPayloadInput } from './transaction.ts';
import type { Delegation, SignedTransaction, Signer, TransactionPayload } from './types.ts';
import type { RegisteredSigner, VerificationContext } from './verify.ts';

/** Two institutions, a person and two unregistered workloads, with real keys. Only tests import this. */
export const network = '5a'.repeat(32);
export const now = 1_800_000_000_000;
export const bankA = formatDid(network, 'bank-a');
export const bankB = formatDid(network, 'bank-b');
export const alice = formatDid(network, 'alice.bank-a');
export const operatorId = 'CN=operator,O=Bank A';
export const courierId = 'CN=courier,O=Bank A';
export const keys = {
  bankA: generateSm2KeyPair(),
  bankB: generateSm2KeyPair(),
  alice: generateSm2KeyPair(),
  operator: generateSm2KeyPair(),
  courier: generateSm2KeyPair(),
  stranger: generateSm2KeyPair(),
};

const registered = new Map<string, RegisteredSigner>([
  [keyIdOf(bankA, 'key-1'), { publicKey: keys.bankA.publicKey, principalType: 'institution' }],
  [keyIdOf(bankB, 'key-1'), { publicKey: keys.bankB.publicKey, principalType: 'institution' }],
  [keyIdOf(alice, 'key-1'), { publicKey: keys.alice.publicKey, principalType: 'person', controller: bankA }],
]);

export const context: VerificationContext = { network, now, keyAt: (_did, keyId) => registered.get(keyId) };

export const signer =
  (pair: Sm2KeyPair): Signer =>
  (message) =>
    sm2Sign(message, pair.privateKey);

/** A payload by Bank A; override what a test is about. */
export function payload(overrides: Partial<NewPayloadInput> = {}): TransactionPayload {
  return newPayload({
    network,
    kind: 'Flow',
    contract: 'flows',
    method: 'propose',
    expires: now + 60_000,
    head: { height: 7, hash: 'ab'.repeat(32) },
    principal: { type: 'institution', scheme: 'DID', id: bankA },
    keyId: keyIdOf(bankA, 'key-1'),
    audience: [bankA, bankB],
    public: { task: 'task-1', attempt: '1', commitment: 'cc'.repeat(32) },
    ...overrides,
  });
}

export const signed = (pair: Sm2KeyPair, overrides: Partial<NewPayloadInput> = {}): Promise<SignedTransaction> =>
  signTransaction(payload(overrides), signer(pair));

/** Bank A hands `flows.propose` for task-1 to its operator. */
export function delegate(overrides: Partial<Delegation> = {}, pair: Sm2KeyPair = keys.bankA): Promise<Delegation> {
  return signDelegation(unsignedDelegation(overrides), signer(pair));
}

export function unsignedDelegation(overrides: Partial<Delegation> = {}): Omit<Delegation, 'signature'> {
  return {
    schema: 'collabnet.dev/delegation/v1',
    network,
    id: 'delegation-1',
    delegator: { id: bankA, keyId: keyIdOf(bankA, 'key-1') },
    delegate: { type: 'workload', id: operatorId, publicKey: keys.operator.publicKey },
    actions: ['flows.propose', 'flows.report'],
    task: 'task-1',
    notBefore: now - 1000,
    expires: now + 120_000,
    ...overrides,
  };
}

/** The operator hands `flows.propose` on to the courier. */
export function subDelegate(
  overrides: Partial<Delegation> = {},
  pair: Sm2KeyPair = keys.operator,
): Promise<Delegation> {
  return delegate(
    {
      id: 'delegation-2',
      delegator: { id: operatorId, keyId: `${operatorId}#key-1` },
      delegate: { type: 'workload', id: courierId, publicKey: keys.courier.publicKey },
      actions: ['flows.propose'],
      ...overrides,
    },
    pair,
  );
}

export const byOperator = (delegations: Delegation[]): Partial<NewPayloadInput> => ({
  principal: { type: 'workload', scheme: 'X.509', id: operatorId },
  keyId: `${operatorId}#key-1`,
  delegations,
});

export const byCourier = (delegations: Delegation[]): Partial<NewPayloadInput> => ({
  principal: { type: 'workload', scheme: 'X.509', id: courierId },
  keyId: `${courierId}#key-1`,
  delegations,
});
