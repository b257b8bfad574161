import { keyAt } from '@collabnet/did';
import type { RegisteredDid } from '@collabnet/did';
import type { Ledger } from '@collabnet/ledger';
import { LedgerError } from '@collabnet/ledger';
import { StoreError } from './errors.ts';
import type { PersonGate, PersonKey } from './person-gate.ts';

/** A network whose ledger this store follows. The ledger may not be there yet. */
export interface GateNetwork {
  /** DID of this institution in it. */
  readonly did: string;
  ledger(): Pick<Ledger, 'evaluate' | 'head'> | undefined;
}

/** Persons as the identity records of the ledger have them, at its newest verified height. */
export class LedgerPersonGate implements PersonGate {
  readonly #networks: ReadonlyMap<string, GateNetwork>;
  readonly #maxStalenessMs: number;

  constructor(networks: ReadonlyMap<string, GateNetwork>, maxStalenessMs: number) {
    this.#networks = networks;
    this.#maxStalenessMs = maxStalenessMs;
  }

  institution(networkId: string): string | undefined {
    return this.#networks.get(networkId)?.did;
  }

  async find(networkId: string, signer: string, keyId: string): Promise<PersonKey> {
    const ledger = this.#networks.get(networkId)?.ledger();
    if (!ledger) throw new StoreError('LEDGER_UNAVAILABLE', 'The ledger has not been reached yet; try again.');
    let record: RegisteredDid;
    let height: number;
    try {
      record = await ledger.evaluate<RegisteredDid>('identity', 'resolve', { did: signer }, { maxStalenessMs: this.#maxStalenessMs });
      height = ledger.head().height;
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
