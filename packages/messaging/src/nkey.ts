import { createAccount, createOperator, createUser, fromSeed, type KeyPair } from '@nats-io/nkeys';
import { MessagingError } from './errors.ts';

export type NkeyKind = 'operator' | 'account' | 'user';

/** An Ed25519 NATS key: `seed` (`SO…`, `SA…`, `SU…`) is secret, `publicKey` (`O…`, `A…`, `U…`) is its identity. */
export interface Nkey {
  readonly seed: string;
  readonly publicKey: string;
}

const PREFIX: Record<NkeyKind, string> = { operator: 'O', account: 'A', user: 'U' };

/** Creates a random key of the given kind. */
export function createNkey(kind: NkeyKind): Nkey {
  const create = { operator: createOperator, account: createAccount, user: createUser }[kind];
  const pair = create();
  return { seed: new TextDecoder().decode(pair.getSeed()), publicKey: pair.getPublicKey() };
}

/**
 * Opens a seed and checks its kind.
 *
 * @throws MessagingError INVALID_NKEY when the seed is damaged or of another kind; the seed itself is never named.
 */
export function openSeed(seed: string, kind: NkeyKind): KeyPair {
  let pair: KeyPair;
  try {
    pair = fromSeed(new TextEncoder().encode(seed));
  } catch (cause) {
    throw new MessagingError('INVALID_NKEY', `seed: not an nkey seed; give a seed made by createNkey('${kind}')`, {
      cause,
    });
  }
  requirePublicKey(pair.getPublicKey(), kind);
  return pair;
}

/** Checks the shape of a public key. @throws MessagingError INVALID_NKEY */
export function requirePublicKey(publicKey: string, kind: NkeyKind): string {
  if (!/^[A-Z2-7]{56}$/.test(publicKey) || !publicKey.startsWith(PREFIX[kind])) {
    throw new MessagingError(
      'INVALID_NKEY',
      `public key: expected the public nkey of ${kind} kind (${PREFIX[kind]}…, 56 characters)`,
    );
  }
  return publicKey;
}
