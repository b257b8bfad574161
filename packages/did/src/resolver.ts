import { isDid } from './did.ts';
import { documentAt } from './rotation.ts';
import type { DidDocument } from './document.ts';
import type { Did } from './did.ts';
import type { RegisteredDid } from './record.ts';

/** Answer of a resolver, DID Core §7.1 and JR/T 0325-2024. */
export interface DidResolution {
  /** null when `didResolutionMetadata.error` is set. */
  didDocument: DidDocument | null;
  didDocumentMetadata: {
    /** ISO 8601 time of registration; absent when the resolver knows heights only. */
    created?: string;
    /** ISO 8601 time of the last change of keys. */
    updated?: string;
    deactivated?: boolean;
    versionId?: string;
  };
  didResolutionMetadata: {
    error?: 'invalidDid' | 'notFound' | 'representationNotSupported' | 'internalError';
    contentType?: string;
  };
}

/** Looks DIDs up; never throws, failures are in `didResolutionMetadata.error`. */
export interface DidResolver {
  /** @param atHeight the document with the keys that held there; the current one when absent */
  resolve(did: string, atHeight?: number): Promise<DidResolution>;
}

/** Reads the ledger's record of a DID, undefined when there is none. */
export type RecordReader = (did: Did) => Promise<RegisteredDid | undefined> | RegisteredDid | undefined;

/** ISO 8601 time of a block, undefined when there is no such block yet. */
export type BlockTimes = (height: number) => Promise<string | undefined> | string | undefined;

/** Resolver over the ledger. */
export class LedgerDidResolver implements DidResolver {
  readonly #getRecord: RecordReader;
  readonly #timeOf: BlockTimes;

  /** @param options.timeOf for `created` and `updated` of the metadata; both are left out without it */
  constructor(getRecord: RecordReader, options: { timeOf?: BlockTimes } = {}) {
    this.#getRecord = getRecord;
    this.#timeOf = options.timeOf ?? (() => undefined);
  }

  async resolve(did: string, atHeight?: number): Promise<DidResolution> {
    if (!isDid(did)) return failure('invalidDid');
    try {
      const record = await this.#getRecord(did);
      if (!record || (atHeight !== undefined && atHeight < record.registeredAtHeight)) return failure('notFound');
      return await this.#answer(record, atHeight);
    } catch {
      return failure('internalError');
    }
  }

  async #answer(record: RegisteredDid, atHeight: number | undefined): Promise<DidResolution> {
    const ended = record.deactivatedAtHeight;
    const deactivated = ended !== undefined && (atHeight === undefined || atHeight >= ended);
    const changes = changeHeights(record).filter((height) => atHeight === undefined || height <= atHeight);
    const created = await this.#timeOf(record.registeredAtHeight);
    const updated = await this.#timeOf(Math.max(...changes));
    // The record counts versions but keeps no dates of them, so a past one is named by its height.
    const versionId = atHeight === undefined ? String(record.version) : `at-${Math.max(...changes)}`;
    return {
      didDocument: atHeight === undefined ? record.document : documentAt(record, atHeight),
      didDocumentMetadata: { ...(created && { created }), ...(updated && { updated }), deactivated, versionId },
      didResolutionMetadata: { contentType: 'application/did+ld+json' },
    };
  }
}

function changeHeights(record: RegisteredDid): number[] {
  const heights = Object.values(record.keys).flatMap((key) => [key.validFromHeight, key.validUntilHeight]);
  return [record.registeredAtHeight, record.deactivatedAtHeight, ...heights].filter((height) => height !== undefined);
}

function failure(error: DidResolution['didResolutionMetadata']['error']): DidResolution {
  return { didDocument: null, didDocumentMetadata: {}, didResolutionMetadata: { error } };
}
