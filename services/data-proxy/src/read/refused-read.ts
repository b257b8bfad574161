import { taskFields, type TaskFields } from '@collabnet/telemetry';
import type { ReadRecord } from './read-log.ts';

const reads = new WeakMap<Error, TaskFields>();

/** Remembers which task a refusal is about, for the log line that is written where all refusals are answered. */
export function noteRefusal(error: unknown, { flow, step, attempt }: ReadRecord): void {
  if (error instanceof Error) reads.set(error, taskFields({ flowId: flow, step, attempt }));
}

/** The task that a failure is about; nothing for a request that named none. */
export function taskOfRefusal(error: unknown): TaskFields | undefined {
  return error instanceof Error ? reads.get(error) : undefined;
}
