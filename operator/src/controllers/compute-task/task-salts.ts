import { fromHex, hmacSm3, randomBytes, toHex } from '@collabnet/sm';
import type { SecretStore } from '../../institution/secret-store.ts';

const SECRET = 'task-salts';
const ENTRY = 'key';

/**
 * Salts of flows and steps, derived from one secret key of the institution: found again after a crash without having
 * been stored, so that a proposal repeated is the same proposal, and a second attempt commits to the same inputs alike.
 */
export class TaskSalts {
  readonly #secrets: SecretStore;
  #key: Promise<Uint8Array> | undefined;

  constructor(secrets: SecretStore) {
    this.#secrets = secrets;
  }

  /** 32 octets: the salt of the commitment to a flow's specification. */
  async ofFlow(flowId: string): Promise<Uint8Array> {
    return hmacSm3(await this.#load(), `collabnet.dev/flow-salt/v1/${flowId}`);
  }

  /** 32 octets: this party's key for all its commitments in one step, whatever the attempt. */
  async ofStep(flowId: string, step: string, did: string): Promise<Uint8Array> {
    return hmacSm3(await this.#load(), `collabnet.dev/step-salt/v1/${flowId}/${step}/${did}`);
  }

  #load(): Promise<Uint8Array> {
    this.#key ??= this.#secrets
      .ensure(SECRET, () => ({ [ENTRY]: toHex(randomBytes(32)) }))
      .then((values) => fromHex(values[ENTRY] ?? ''))
      .catch((error: unknown) => {
        this.#key = undefined;
        throw error;
      });
    return this.#key;
  }
}
