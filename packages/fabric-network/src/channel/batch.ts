import { orderer } from '@hyperledger/fabric-protos';
import { FabricNetworkError } from '../errors.ts';

/** When a block is cut: at whichever comes first. */
export interface BatchOptions {
  readonly timeoutMs: number;
  readonly maxMessages: number;
  /** A transaction above this is refused, octets. */
  readonly absoluteMaxBytes: number;
  readonly preferredMaxBytes: number;
}

export const DEFAULT_BATCH: BatchOptions = { timeoutMs: 500, maxMessages: 500, absoluteMaxBytes: 10 * 1024 * 1024, preferredMaxBytes: 2 * 1024 * 1024 };

/** @throws FabricNetworkError VALUE_INVALID */
export function batchTimeout(timeoutMs: number): orderer.BatchTimeout {
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1) throw new FabricNetworkError('VALUE_INVALID', 'batch.timeoutMs: must be a whole number above 0.', { field: 'batch.timeoutMs' });
  const message = new orderer.BatchTimeout();
  message.setTimeout(`${timeoutMs}ms`);
  return message;
}

/** @throws FabricNetworkError VALUE_INVALID */
export function batchSize(batch: Omit<BatchOptions, 'timeoutMs'>): orderer.BatchSize {
  if (!(batch.maxMessages >= 1 && batch.preferredMaxBytes >= 1 && batch.absoluteMaxBytes >= batch.preferredMaxBytes)) {
    throw new FabricNetworkError('VALUE_INVALID', 'batch: maxMessages must be above 0, and absoluteMaxBytes not below preferredMaxBytes.', { field: 'batch' });
  }
  const message = new orderer.BatchSize();
  message.setMaxMessageCount(batch.maxMessages);
  message.setAbsoluteMaxBytes(batch.absoluteMaxBytes);
  message.setPreferredMaxBytes(batch.preferredMaxBytes);
  return message;
}
