import { open, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { CourierError } from '../errors.ts';
import { readJson } from '../work/workplace.ts';
import type { Workplace } from '../work/workplace.ts';

const isolation = z.object({
  noNewPrivs: z.boolean(),
  seccomp: z.boolean(),
  landlockAbi: z.int().nonnegative(),
  fileRules: z.boolean(),
  tcpRules: z.boolean(),
  canary: z.string(),
});
const readySchema = z.object({ engine: z.string(), version: z.string(), isolation });
const exitSchema = z.object({
  status: z.enum(['Succeeded', 'Failed']),
  code: z.string(),
  message: z.string(),
  seconds: z.record(z.string(), z.number()),
  rows: z.int().nonnegative(),
  peakRssBytes: z.int().nonnegative(),
  isolation,
});
const progressLine = z.object({ phase: z.string(), percent: z.number(), rows: z.int().optional() });

export type Isolation = z.infer<typeof isolation>;
export type EngineReady = z.infer<typeof readySchema>;
export type EngineExit = z.infer<typeof exitSchema>;
export type EngineProgress = z.infer<typeof progressLine>;

const pollMs = 20;
const tailLength = 4096;
/** Another attempt, perhaps on another node, may get further. */
const retryableCodes = new Set(['CONNECT_FAILED', 'CONNECT_LOST', 'PEER_FAILED', 'STALLED', 'PSI_FAILED', 'MPC_FAILED', 'PEER_MESSAGE', 'IO_FAILED', 'ENGINE_CRASHED', 'ENGINE_ERROR']);

/** The engine's side of the shared folder; the protocol is in compute-images/spu/README.md. */
export class EngineFiles {
  readonly #place: Workplace;

  constructor(place: Workplace) {
    this.#place = place;
  }

  async ready(signal: AbortSignal): Promise<EngineReady> {
    return this.#await('ready.json', readySchema, signal);
  }

  /** Waits for the end; @throws CourierError `ENGINE_*` unless the engine succeeded */
  async exit(signal: AbortSignal): Promise<EngineExit> {
    const exit = await this.#await('exit.json', exitSchema, signal);
    if (exit.status === 'Succeeded') return exit;
    // The kubelet stops both containers at once, and the engine may be the first to say so.
    if (exit.code === 'ABORTED') throw new CourierError('ABORTED', 'the engine was told to end: its pod is being stopped', { retryable: true });
    // The engines have found it out among themselves: the same rule as in deliver.ts, and the same reason.
    if (exit.code === 'RESULT_TOO_SMALL') throw new CourierError('RESULT_BELOW_MINIMUM', exit.message.slice(0, 500));
    const code = exit.code.startsWith('ENGINE_') ? exit.code : `ENGINE_${exit.code}`;
    throw new CourierError(code, exit.message.slice(0, 500), { retryable: retryableCodes.has(exit.code) });
  }

  /** Last line of the progress file; undefined before the first. */
  async progress(): Promise<EngineProgress | undefined> {
    try {
      const file = await open(this.#place.engine('progress.jsonl'));
      try {
        const { size } = await file.stat();
        const { buffer, bytesRead } = await file.read(Buffer.alloc(tailLength), 0, tailLength, Math.max(0, size - tailLength));
        const line = buffer.subarray(0, bytesRead).toString('utf8').trimEnd().split('\n').at(-1);
        return progressLine.safeParse(JSON.parse(line ?? '')).data;
      } finally {
        await file.close();
      }
    } catch {
      return undefined;
    }
  }

  async touch(name: 'release' | 'abort'): Promise<void> {
    await writeFile(this.#place.engine(name), '');
  }

  async #await<T>(name: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    for (;;) {
      signal.throwIfAborted();
      const value = await readJson(this.#place.engine(name));
      if (value !== undefined) {
        const parsed = schema.safeParse(value);
        if (parsed.success) return parsed.data;
        throw new CourierError('ENGINE_PROTOCOL', `${name}: ${parsed.error.issues[0]?.path.join('.') ?? ''} is not as agreed`);
      }
      await delay(pollMs);
    }
  }
}

/** Short word for the ledger's reservation. */
export function isolationWord(of: Isolation): string {
  const parts = [of.noNewPrivs && 'no-new-privs', of.seccomp && 'seccomp', of.landlockAbi > 0 && `landlock-abi-${of.landlockAbi}`];
  return parts.filter((part) => part !== false).join('+') || 'none';
}
