import { decodeJwt } from './claims.ts';
import { MessagingError } from './errors.ts';
import { openSeed } from './nkey.ts';

export interface Credentials {
  readonly jwt: string;
  readonly seed: string;
  readonly publicKey: string;
  readonly accountPub: string;
  /** Epoch seconds; absent means no expiry. */
  readonly expires?: number;
}

/** The `.creds` file text that NATS clients and nats-server leaf remotes read. It contains the secret seed. */
export function formatCreds(jwt: string, seed: string): string {
  return [
    '-----BEGIN NATS USER JWT-----',
    jwt,
    '------END NATS USER JWT------',
    '',
    '-----BEGIN USER NKEY SEED-----',
    seed,
    '------END USER NKEY SEED------',
    '',
  ].join('\n');
}

/** Reads a `.creds` text and checks that seed and JWT belong together. @throws MessagingError INVALID_CREDENTIALS */
export function parseCreds(creds: string): Credentials {
  const [jwt, seed] = [...creds.matchAll(/-{3,}BEGIN [^\n]*-{3,}\r?\n\s*([^\s-][^\s]*)\s*\r?\n-{3,}END/g)].map(
    (match) => match[1],
  );
  if (!jwt || !seed) {
    throw new MessagingError(
      'INVALID_CREDENTIALS',
      'creds: expected a user JWT block followed by a seed block (the output of formatCreds)',
    );
  }
  const claims = decodeJwt(jwt);
  const publicKey = openSeed(seed, 'user').getPublicKey();
  if (claims.sub !== publicKey)
    throw new MessagingError('INVALID_CREDENTIALS', 'creds: the seed is not the one of the user in the JWT');
  const issuerAccount = claims.nats['issuer_account'];
  const accountPub = typeof issuerAccount === 'string' ? issuerAccount : claims.iss;
  return { jwt, seed, publicKey, accountPub, ...(claims.exp === undefined ? {} : { expires: claims.exp }) };
}
