import { writeFile } from 'node:fs/promises';
import type { AttemptAddress, NatsConnection } from '@collabnet/messaging';
import type { Logger } from '@collabnet/telemetry';
import { courierStatusSchemaId, signedReceiptSchema } from '@collabnet/wire';
import type { ControlReply, ControlRequest, CourierFailure, CourierState, CourierStatus, SignedReceipt } from '@collabnet/wire';
import type { Assignment } from '../config/load-job.ts';
import { EngineFiles, isolationWord } from '../engine/engine-files.ts';
import { engineJob } from '../engine/engine-job.ts';
import { assertIsolation, assertReached } from '../engine/minimum-isolation.ts';
import { gatheredInputs } from '../result/gathered-inputs.ts';
import { asCourierError, CourierError } from '../errors.ts';
import { inputCommitments } from '../input/commitments.ts';
import { fetchInputs } from '../input/fetch-inputs.ts';
import type { FrozenInputs } from '../input/frozen-input.ts';
import { PeerSessions } from '../peers/peer-sessions.ts';
import type { StartRequest } from '../peers/peer-sessions.ts';
import { deliverResult } from '../result/deliver.ts';
import { exists, readJson, writeJson } from '../work/workplace.ts';
import type { Workplace } from '../work/workplace.ts';
import { Lease } from './lease.ts';
import { makeReceipt } from './receipt.ts';
import { writeTerminationLog } from './termination-log.ts';

export interface AttemptOptions {
  readonly assignment: Assignment;
  readonly connection: NatsConnection;
  readonly address: AttemptAddress;
  readonly place: Workplace;
  readonly logger: Logger;
  readonly terminationLog: string | undefined;
  readonly handshakeTimeoutMs: number;
}

/** One attempt, in the order things happen: {@link Attempt.run}. Control requests only set what it waits for. */
export class Attempt {
  readonly #options: AttemptOptions;
  readonly #engine: EngineFiles;
  readonly #peers: PeerSessions;
  readonly #stop = new AbortController();
  readonly #started = Promise.withResolvers<StartRequest>();
  readonly #released = Promise.withResolvers<void>();
  readonly #lease = new Lease((error) => this.#stop.abort(error));
  #state: CourierState = 'Fetching';
  #since = Date.now();
  readonly #history: NonNullable<CourierStatus['history']> = [{ state: 'Fetching', since: this.#since }];
  #exchanged = false;
  #shaken: { outcome: string; seconds: number } | undefined;
  #reserved: CourierStatus['reserved'];
  #result: CourierStatus['result'];
  #receipt: SignedReceipt | undefined;
  #failure: CourierFailure | undefined;

  constructor(options: AttemptOptions) {
    this.#options = options;
    this.#engine = new EngineFiles(options.place);
    this.#peers = new PeerSessions(options);
  }

  get state(): CourierState {
    return this.#state;
  }

  get failure(): CourierFailure | undefined {
    return this.#failure;
  }

  get bytes(): { sent: number; received: number } {
    return this.#peers.bytes;
  }

  get traffic(): PeerSessions['traffic'] {
    return this.#peers.traffic;
  }

  /** How the handshake with all peers ended and how long it took; undefined before. */
  get handshake(): { readonly outcome: string; readonly seconds: number } | undefined {
    return this.#shaken;
  }

  /** Runs to the end and holds it until released, the deadline, or `signal`. Never throws for a failure of the attempt. */
  async run(signal: AbortSignal): Promise<void> {
    const { assignment, place, logger } = this.#options;
    const deadline = setTimeout(
      () => {
        this.#stop.abort(new CourierError('DEADLINE', 'deadline: reached before the attempt was done'));
        this.#released.resolve();
      },
      Math.min(2 ** 31 - 1, Math.max(0, assignment.job.deadline - Date.now())),
    );
    const onSignal = (): void => {
      this.#stop.abort(new CourierError('ABORTED', 'the pod is being stopped', { retryable: true }));
      this.#released.resolve();
    };
    signal.addEventListener('abort', onSignal, { once: true });
    if (signal.aborted) onSignal();
    try {
      await place.open();
      await this.#resumeOrRun();
    } catch (error) {
      await this.#fail(asCourierError(error));
    }
    this.#lease.stop();
    await this.#released.promise;
    clearTimeout(deadline);
    signal.removeEventListener('abort', onSignal);
    await this.#clean();
    logger.info({ state: this.#state }, 'attempt released');
  }

  async status(): Promise<CourierStatus> {
    const progress = this.#state === 'Running' ? await this.#engine.progress() : undefined;
    const { sent, received } = this.#peers.bytes;
    return {
      schema: courierStatusSchemaId,
      state: this.#state,
      since: this.#since,
      history: [...this.#history],
      exchanged: this.#exchanged,
      ...(this.#reserved && { reserved: this.#reserved }),
      ...(this.#state === 'Running' && {
        progress: {
          phase: progress?.phase ?? 'start',
          percent: Math.min(100, Math.max(0, progress?.percent ?? 0)),
          ...(progress?.rows === undefined ? {} : { rows: progress.rows }),
          sentBytes: sent,
          receivedBytes: received,
        },
      }),
      ...(this.#result && { result: this.#result }),
      ...this.#receipt,
      ...(this.#failure && { failure: this.#failure }),
    };
  }

  async control(request: ControlRequest): Promise<ControlReply> {
    const refuse = (message: string): ControlReply => ({ ok: false, error: { code: 'ILLEGAL_STATE', message, field: 'op' } });
    if (request.op === 'start') {
      if (this.#state === 'Fetching') return refuse('start: the input is not frozen yet; wait for Reserved');
      const known = new Set(request.peers.map((peer) => peer.did));
      const missing = this.#options.assignment.job.peers.find((peer) => !known.has(peer.did));
      if (missing) return { ok: false, error: { code: 'INVALID_ARGUMENT', message: `start: peers: ${missing.did} is missing`, field: 'peers' } };
      if (!this.#ended) this.#lease.extend(request.lease.until);
      this.#started.resolve(request);
    } else if (request.op === 'lease') {
      if (this.#state === 'Fetching' || this.#state === 'Reserved') return refuse('lease: send start first');
      if (!this.#ended) this.#lease.extend(request.until);
    } else if (request.op === 'abort') {
      this.#stop.abort(new CourierError('ABORTED', request.reason ?? 'aborted by the operator'));
    } else if (request.op === 'release') {
      if (!this.#ended) return refuse('release: the attempt has not ended; abort it first');
      this.#released.resolve();
    }
    return { ok: true, status: await this.status() };
  }

  get #ended(): boolean {
    return this.#state === 'Finished' || this.#state === 'Failed' || this.#state === 'Released';
  }

  #enter(state: CourierState): void {
    this.#state = state;
    this.#since = Date.now();
    this.#history.push({ state, since: this.#since });
    this.#options.logger.info({ state }, 'state');
  }

  /** A restarted courier has lost its keys and its place in the exchange: it can only tell how the first one ended. */
  async #resumeOrRun(): Promise<void> {
    const { place } = this.#options;
    const mark = place.courier('begun');
    if (!(await exists(mark))) {
      await writeFile(mark, '');
      await this.#execute();
      return;
    }
    this.#exchanged = await exists(place.courier('exchanged'));
    if (await exists(place.courier('released'))) {
      this.#enter('Released');
      return;
    }
    const receipt = signedReceiptSchema.safeParse(await readJson(place.courier('receipt.json')));
    if (!receipt.success) throw new CourierError('COURIER_RESTARTED', 'courier: was restarted, which ends the attempt', { retryable: true });
    this.#receipt = receipt.data;
    this.#enter('Finished');
  }

  async #execute(): Promise<void> {
    const { assignment, place } = this.#options;
    const { signal } = this.#stop;
    const startedAt = Date.now();
    const frozen = await fetchInputs(assignment, place, signal);
    const inputs = inputCommitments(assignment, frozen);
    const prepared = Date.now();
    const ready = await this.#engine.ready(signal);
    assertIsolation(ready.isolation, assignment.job.minimumIsolation);
    this.#reserved = { inputCommitments: inputs, courierKey: assignment.courierKey, isolation: isolationWord(ready.isolation) };
    this.#enter('Reserved');
    const start = await orStopped(this.#started.promise, signal);
    this.#enter('Handshaking');
    const shaking = Date.now();
    await this.#handshake(start);
    const running = Date.now();
    await this.#peers.tunnel(
      signal,
      () => this.#onExchanged(),
      (error) => this.#stop.abort(error),
    );
    await writeJson(place.engine('job.json'), engineJob(assignment, frozen, place));
    this.#enter('Running');
    const exit = await this.#engine.exit(signal);
    assertReached(exit.isolation, assignment.job.minimumIsolation);
    const computed = Date.now();
    const transcripts = await this.#peers.finish(signal);
    const delivered = await this.#deliver(frozen, signal);
    const received = delivered?.received === undefined ? await gatheredInputs(assignment, place) : [delivered.received];
    const seconds = { prepare: (prepared - startedAt) / 1000, handshake: (running - shaking) / 1000, clean: (Date.now() - computed) / 1000 };
    await this.#finish(makeReceipt({ assignment, ready, exit, inputs, delivered, received, attestation: this.#peers.attestation, transcripts, seconds, startedAt }));
  }

  async #handshake(start: StartRequest): Promise<void> {
    const timeout = new AbortController();
    const timer = setTimeout(
      () => timeout.abort(new CourierError('PEER_HANDSHAKE_TIMEOUT', 'peers: not all have answered in time', { retryable: true })),
      this.#options.handshakeTimeoutMs,
    );
    const from = performance.now();
    let outcome = 'Completed';
    try {
      await this.#peers.open(start, AbortSignal.any([this.#stop.signal, timeout.signal]));
    } catch (error) {
      outcome = asCourierError(error).code;
      throw error;
    } finally {
      clearTimeout(timer);
      this.#shaken = { outcome, seconds: (performance.now() - from) / 1000 };
    }
  }

  async #deliver(frozen: FrozenInputs, signal: AbortSignal): Promise<Awaited<ReturnType<typeof deliverResult>> | undefined> {
    const { assignment, place } = this.#options;
    this.#enter('Delivering');
    if (!assignment.output.receive) return undefined;
    const delivered = await deliverResult(assignment, frozen, place, signal);
    this.#result = { output: assignment.output.name, rows: delivered.rows, bytes: delivered.bytes };
    return delivered;
  }

  async #finish(receipt: SignedReceipt): Promise<void> {
    const { place, terminationLog } = this.#options;
    this.#stop.signal.throwIfAborted();
    this.#lease.stop();
    // Kept before it is told: a restarted courier must tell the same.
    await writeJson(place.courier('receipt.json'), receipt);
    await writeTerminationLog(terminationLog, receipt);
    this.#receipt = receipt;
    this.#enter('Finished');
  }

  #onExchanged(): void {
    this.#exchanged = true;
    writeFile(this.#options.place.courier('exchanged'), '').catch((error: unknown) => this.#options.logger.error({ err: error }, 'mark not written'));
  }

  async #fail(error: CourierError): Promise<void> {
    const { logger, terminationLog } = this.#options;
    this.#lease.stop();
    this.#failure = { code: error.code, message: error.message.slice(0, 1024), retryable: error.retryable, exchanged: this.#exchanged };
    this.#peers.fail({ code: error.code, retryable: error.retryable });
    logger.error({ err: error, code: error.code, retryable: error.retryable, exchanged: this.#exchanged }, 'attempt failed');
    await this.#engine.touch('abort').catch(() => undefined);
    await writeTerminationLog(terminationLog, { failure: this.#failure });
    this.#enter('Failed');
  }

  async #clean(): Promise<void> {
    const { place, terminationLog } = this.#options;
    const released = place.courier('released');
    // Marked first: a restart in between must not begin again.
    await writeFile(released, '').catch(() => undefined);
    await this.#engine.touch('release').catch(() => undefined);
    await place.wipe();
    await this.#peers.close();
    const end = this.#receipt ?? (this.#failure && { failure: this.#failure });
    if (end) await writeTerminationLog(terminationLog, end);
    if (this.#state === 'Finished') this.#enter('Released');
  }
}

async function orStopped<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const stopped = Promise.withResolvers<never>();
  const onAbort = (): void => stopped.reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, stopped.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
