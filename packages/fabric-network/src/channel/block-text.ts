import { common } from '@hyperledger/fabric-protos';
import { FabricNetworkError } from '../errors.ts';

/** A block as base64, to be kept where only text is, such as a Secret. */
export function blockToText(block: common.Block): string {
  return Buffer.from(block.serializeBinary()).toString('base64');
}

/** Reads {@link blockToText} again. @throws FabricNetworkError CONFIG_INVALID */
export function blockFromText(text: string, field = 'block'): common.Block {
  try {
    const block = common.Block.deserializeBinary(Buffer.from(text, 'base64'));
    if (block.getHeader() !== undefined) return block;
  } catch {
    // Said below, as for octets that are a message of another kind.
  }
  throw new FabricNetworkError('CONFIG_INVALID', `${field}: is no block in base64.`, { field });
}
