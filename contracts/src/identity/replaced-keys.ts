import { DidError, type RegisteredDid, rotateKey } from '@collabnet/did';
import { SmError } from '@collabnet/sm';
import { ContractError } from '../core/contract-error.ts';

/**
 * The record with new keys from a height on.
 *
 * @throws ContractError INVALID_ARGUMENT for a key that this DID had before or that is no point of the curve
 */
export function replacedKeys(record: RegisteredDid, change: Parameters<typeof rotateKey>[1]): RegisteredDid {
  try {
    return rotateKey(record, change);
  } catch (error) {
    if (!(error instanceof DidError) && !(error instanceof SmError)) throw error;
    throw new ContractError('INVALID_ARGUMENT', error.message, { field: 'newSignKey', cause: error });
  }
}
