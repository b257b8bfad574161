import { traceIdOf } from './tracing/trace-ids.ts';

/** Fields of a log line about a task, the same in every component, so that lines and spans of all of them are found together. */
export interface TaskFields {
  readonly flow: string;
  /** Id of the task's trace. */
  readonly trace: string;
  readonly step?: string;
  readonly attempt?: number;
  [name: string]: unknown;
}

export function taskFields({ flowId, step, attempt }: { flowId: string; step?: string | undefined; attempt?: number | undefined }): TaskFields {
  return { flow: flowId, trace: traceIdOf(flowId), ...(step === undefined ? {} : { step }), ...(attempt === undefined ? {} : { attempt }) };
}
