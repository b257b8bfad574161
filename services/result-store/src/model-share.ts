import { modelShareType } from '@collabnet/capability';
import type { ResultMetadata } from './result-files.ts';

/**
 * Whether a result is a share of a model. Whoever puts the shares of all parties together has the model, so none is handed to a
 * person: it is used by steps that all parties have agreed to (requirement 106).
 */
export function isShare({ contentType }: ResultMetadata): boolean {
  return contentType === modelShareType;
}
