import type { KeyPolicy } from '@collabnet/fabric-execution';
import { signatureRule } from '@collabnet/fabric-network/policies';
import type { BlockMetadata } from './fabric-block.ts';

/** Name under which Fabric keeps the endorsement policy of a key. */
const VALIDATION_PARAMETER = 'VALIDATION_PARAMETER';

/** Metadata of a key as one text, so that it can be compared. */
export function metadataOf(key: string, entries: readonly { readonly name: string; readonly value: Uint8Array }[]): BlockMetadata {
  return { key, text: JSON.stringify(entries.map(({ name, value }) => [name, Buffer.from(value).toString('base64')])) };
}

/** What the chaincode sets for a policy: a peer of the organisation signs. */
export function policyMetadata({ key, mspId }: KeyPolicy): BlockMetadata {
  return metadataOf(key, [{ name: VALIDATION_PARAMETER, value: signatureRule(1, [{ mspId, role: 'peer' }]).serializeBinary() }]);
}
