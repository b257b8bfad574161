import { AttestationError, fetchAttestationResult, verifyAttestationResult } from '@collabnet/attestation';
import { createSm3 } from '@collabnet/sm';
import type { Logger } from '@collabnet/telemetry';
import type { CourierJob, CourierParty, Receipt } from '@collabnet/wire';
import { CourierError } from '../errors.ts';

/**
 * Attestation results of a step that one party computes in a trusted execution environment: the host fetches one for each handshake,
 * every other party demands one of the host. Between the others there is none.
 */
export class Attestations {
  readonly #job: CourierJob;
  readonly #logger: Logger;
  readonly #digests = new Map<string, string>();

  constructor(job: CourierJob, logger: Logger) {
    [this.#job, this.#logger] = [job, logger];
  }

  /** SM3 of each result, by DID of the other end; both ends must have the same. */
  get record(): Receipt['attestation'] {
    const { trustedHost, self, peers } = this.#job;
    const host = [self, ...peers].find(({ name }) => name === trustedHost?.party)?.did;
    return host === undefined ? undefined : { host, results: Object.fromEntries(this.#digests) };
  }

  /** For the own handshake with a peer. The promise rejects with CourierError ATTESTATION_UNAVAILABLE. */
  attest(peer: CourierParty, signal: AbortSignal): ((nonce: string) => Promise<string>) | undefined {
    const { trustedHost: host, self } = this.#job;
    const attester = host?.attester;
    if (host?.party !== self.name || attester === undefined) return undefined;
    return async (nonce) => {
      const token = await fetchAttestationResult(attester, nonce, signal).catch((error: unknown) => {
        throw asFailure(error, 'the trusted execution environment of this institution: ');
      });
      this.#keep(peer, token);
      return token;
    };
  }

  /** For the handshake of a peer. The promise rejects with CourierError ATTESTATION_REFUSED. */
  verify(peer: CourierParty): ((token: string | undefined, nonce: string) => Promise<void>) | undefined {
    const { trustedHost: host } = this.#job;
    if (host?.party !== peer.name) return undefined;
    return async (token, nonce) => {
      const result = await verifyAttestationResult(token, { ...host, nonce }).catch((error: unknown) => {
        throw asFailure(error, `${peer.did}: `);
      });
      this.#keep(peer, token ?? '');
      this.#logger.info({ peer: peer.did, profile: result.eat_profile, simulated: host.simulated }, 'attestation result accepted');
    };
  }

  /** The token holds no data and stays in the log for an auditor; the receipt has its digest. */
  #keep(peer: CourierParty, token: string): void {
    const hash = createSm3();
    hash.update(Buffer.from(token));
    this.#digests.set(peer.did, hash.digestHex());
    this.#logger.info({ peer: peer.did, token }, 'attestation result');
  }
}

function asFailure(error: unknown, whose: string): unknown {
  if (!(error instanceof AttestationError)) return error;
  return new CourierError(error.code, `${whose}${error.message}`, { cause: error, retryable: error.code === 'ATTESTATION_UNAVAILABLE' });
}
