import { EndorseError, GatewayError } from '@hyperledger/fabric-gateway';
import { findRefusal, type Refusal } from '@collabnet/fabric-execution';

/** Why a proposal did not get its endorsements. */
export interface EndorsementFailure {
  /** What the contracts of an endorser said, if it was they who refused. */
  readonly refusal: Refusal | undefined;
  /** Nothing that trying again would change: the identity or the channel is wrong. */
  readonly final: boolean;
  /** Endorsers came to different results: one of them lags behind, or runs other rules. */
  readonly mismatch: boolean;
  readonly message: string;
}

const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;

/** Reads the error of a gateway. */
export function endorsementFailure(error: unknown): EndorsementFailure {
  if (!(error instanceof GatewayError)) return { refusal: undefined, final: false, mismatch: false, message: error instanceof Error ? error.message : String(error) };
  const said = [...error.details.map(({ address, mspId, message }) => `${mspId} at ${address}: ${message}`), error.message];
  const refusal = said.map(findRefusal).find((each) => each !== undefined);
  const final = error.code === PERMISSION_DENIED || error.code === UNAUTHENTICATED;
  const mismatch = said.some((each) => /payloads do not match/i.test(each));
  return { refusal, final, mismatch, message: error instanceof EndorseError || error.details.length > 0 ? said.join('; ') : error.message };
}
