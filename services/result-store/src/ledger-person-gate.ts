import { keyAt } from '@collabnet/did';
import type { RegisteredDid } from '@collabnet/did';
import type { Ledger } from '@collabnet/ledger';
import { LedgerError } from '@collabnet/ledger';
import { StoreError } from './errors.ts';
import type { PersonGate, PersonKey } from './person-gate.ts';

/** A network as this institution is in it. */
export interface GateNetwork {
  /** DID of this institution. */
  readonly did: string;
  /** Undefined while it has not been reached. */
  readonly ledger: Pick<Ledger, 'evaluate' | 'head'> | undefined;
}

/** Persons as the identity records of the ledger have them, at its newest verified height. */
export class LedgerPersonGate implements PersonGate {
  readonly #network: (networkId: string) => GateNetwork | undefined;
  readonly #maxStalenessMs: number;

  /** @param network undefined for one that this institution is not in */
  constructor(network: (networkId: string) => GateNetwork | undefined, maxStalenessMs: number) {
    this.#network = network;
    this.#maxStalenessMs = maxStalenessMs;
  }

  institution(networkId: string): string | undefined {
    return this.#network(networkId)?.did;
  }

  async find(networkId: string, signer: string, keyId: string): Promise<PersonKey> {
    const network = this.#network(networkId);
    if (!network) throw unknown();
    const { ledger } = network;
    if (!ledger) throw new StoreError('LEDGER_UNAVAILABLE', 'The ledger has not been reached yet; try again.');
    let record: RegisteredDid;
    let height: number;
    try {
      record = await ledger.evaluate<RegisteredDid>('identity', 'resolve', { did: signer }, { maxStalenessMs: this.#maxStalenessMs });
      // What is asked now comes after the newest block: a key that ends with it has ended.
      height = ledger.head().height + 1;
    } catch (error) {
      throw refusal(error);
    }
    const publicKey = keyAt(record, keyId, height, 'sign');
    if (record.principalType !== 'person' || record.controller === undefined || publicKey === undefined) throw unknown();
    return { publicKey, institution: record.controller, roles: record.roles };
  }
}

function refusal(error: unknown): unknown {
  if (!(error instanceof LedgerError)) return error;
  if (error.code === 'NOT_FOUND' || error.code === 'INVALID_ARGUMENT') return unknown(error);
  return new StoreError('LEDGER_UNAVAILABLE', `The ledger cannot be asked: ${error.message}`, { cause: error });
}

function unknown(cause?: unknown): StoreError {
  return new StoreError('PERSON_UNKNOWN', 'Signed request: no such person, or the key is not valid now.', { field: 'collabnet-signer', cause });
}
