import { GatewayError } from '@hyperledger/fabric-gateway';
import { findRefusal, type Refusal } from '@collabnet/fabric-execution';

/** Why a proposal did not get its endorsements. */
export interface EndorsementFailure {
  /** What the contracts of an endorser said, if it was they who refused; the own one's before another's. */
  readonly refusal: Refusal | undefined;
  /** It is the own peer that says so. Another's word alone must not stop this institution. */
  readonly byOwn: boolean;
  /** Nothing that trying again would change: the identity or the channel is wrong. */
  readonly final: boolean;
  /** Endorsers do not agree: one of them lags behind, or runs other rules. */
  readonly disagreement: boolean;
  readonly message: string;
}

const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;

/** Reads the error of a gateway. @param own MSP id of this institution */
export function endorsementFailure(error: unknown, own: string): EndorsementFailure {
  if (!(error instanceof GatewayError)) return { refusal: undefined, byOwn: false, final: false, disagreement: false, message: error instanceof Error ? error.message : String(error) };
  const refusals = error.details.flatMap(({ mspId, message }) => {
    const refusal = findRefusal(message);
    return refusal === undefined ? [] : [{ mspId, refusal }];
  });
  const ours = refusals.find(({ mspId }) => mspId === own);
  const said = [...error.details.map(({ address, mspId, message }) => `${mspId} at ${address}: ${message}`), error.message];
  return {
    refusal: (ours ?? refusals[0])?.refusal,
    byOwn: ours !== undefined,
    final: error.code === PERMISSION_DENIED || error.code === UNAUTHENTICATED,
    disagreement: (ours === undefined && refusals.length > 0) || said.some((each) => /payloads do not match/i.test(each)),
    message: said.join('; '),
  };
}
