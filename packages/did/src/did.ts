import { DidError } from './errors.ts';

/**
 * `did:collab:<first 32 hex digits of the network id>:<subject code>`. The subject code is given by the registrar and
 * never derived from a key, so a lost key can be replaced under the same identifier (JR/T 0325-2024; JR/T 0184-2020
 * §13.5.6 and §13.6.2).
 */
export type Did = string;

/** What {@link parseDid} finds in a DID. */
export interface ParsedDid {
  /** First 32 hex digits of the network id. */
  networkPrefix: string;
  subjectCode: string;
}

const subjectCodePattern = /^[a-z0-9](?:[a-z0-9.-]{1,61}[a-z0-9])$/;
const didPattern = /^did:collab:([0-9a-f]{32}):([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$/;
const fragmentPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * Builds a DID.
 * @param networkId genesis hash in hex; its first 32 digits are used
 * @param subjectCode 3 to 63 of a-z, 0-9, dot and dash, not starting or ending in dot or dash
 * @throws DidError DID_MALFORMED
 */
export function formatDid(networkId: string, subjectCode: string): Did {
  if (!/^[0-9a-f]{32,}$/.test(networkId)) {
    throw new DidError('DID_MALFORMED', 'DID: networkId must be lower-case hex of at least 32 digits.');
  }
  if (!subjectCodePattern.test(subjectCode)) {
    throw new DidError(
      'DID_MALFORMED',
      'DID: subjectCode must be 3 to 63 of a-z, 0-9, "." and "-", with a letter or digit at both ends.',
    );
  }
  return `did:collab:${networkId.slice(0, 32)}:${subjectCode}`;
}

/** @throws DidError DID_MALFORMED */
export function parseDid(did: string): ParsedDid {
  const match = didPattern.exec(did);
  const [, networkPrefix, subjectCode] = match ?? [];
  if (networkPrefix === undefined || subjectCode === undefined) {
    throw new DidError('DID_MALFORMED', 'DID: want did:collab:<32 hex digits>:<subject code>.');
  }
  return { networkPrefix, subjectCode };
}

/** Whether {@link parseDid} would accept the text. */
export function isDid(text: string): boolean {
  return didPattern.test(text);
}

/**
 * Key id of a DID, e.g. `did:collab:…:bank-a#key-1`.
 * @throws DidError DID_MALFORMED
 */
export function keyIdOf(did: Did, fragment: string): string {
  parseDid(did);
  if (!fragmentPattern.test(fragment)) {
    throw new DidError('DID_MALFORMED', 'Key id: fragment must be 1 to 64 of letters, digits, ".", "_" and "-".');
  }
  return `${did}#${fragment}`;
}

/**
 * Splits a key id at its `#`.
 * @throws DidError DID_MALFORMED
 */
export function parseKeyId(keyId: string): { did: Did; fragment: string } {
  const [did = '', fragment = '', ...rest] = keyId.split('#');
  parseDid(did);
  if (rest.length > 0 || !fragmentPattern.test(fragment)) {
    throw new DidError('DID_MALFORMED', 'Key id: want <DID>#<fragment>.');
  }
  return { did, fragment };
}
