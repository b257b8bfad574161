/** Media type of an attestation result as a JWT (RFC 9782). */
export const TOKEN_TYPE = 'application/eat+jwt';

/** Characters of an attestation result; it must fit into the first message of a handshake. */
export const LONGEST_TOKEN = 32_768;
