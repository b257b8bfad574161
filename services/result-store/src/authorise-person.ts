import type { IncomingMessage } from 'node:http';
import { readSignedRequest, verifySignedRequest } from '@collabnet/capability';
import type { AccessLog } from './access-log.ts';
import { StoreError } from './errors.ts';
import type { PersonGate } from './person-gate.ts';

/** Roles whose holders may fetch results. */
const readers = ['DataManager', 'DataUser'];
const toleranceMs = 5 * 60_000;

/**
 * Lets a person of this institution through who signed this very request with a key that the ledger holds valid.
 *
 * @param networkId network of the result
 * @returns DID of the person
 * @throws StoreError PERSON_UNKNOWN, PERSON_ROLE, REQUEST_REPLAYED, LEDGER_UNAVAILABLE; CapabilityError REQUEST_*
 */
export async function authorisePerson(
  gate: PersonGate, log: AccessLog, networkId: string, request: IncomingMessage, now: number,
): Promise<string> {
  const signed = readSignedRequest({ method: request.method ?? '', path: request.url ?? '', headers: request.headers }, { now, toleranceMs });
  const person = await gate.find(networkId, signed.signer, signed.keyId);
  verifySignedRequest(signed, person.publicKey);
  if (person.institution !== gate.institution(networkId)) throw new StoreError('PERSON_ROLE', 'The signer belongs to another institution.', { field: 'collabnet-signer' });
  if (!person.roles.some((role) => readers.includes(role))) {
    throw new StoreError('PERSON_ROLE', `The signer needs one of the roles ${readers.join(', ')}.`, { field: 'collabnet-signer' });
  }
  // Last: only requests that would pass may fill the table.
  if (!log.useNonce(signed.signer, signed.nonce, now + 2 * toleranceMs)) {
    throw new StoreError('REQUEST_REPLAYED', 'Signed request: its nonce was used before; sign a new one.', { field: 'collabnet-nonce' });
  }
  return signed.signer;
}
