import { connect, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { attemptControlSubject, networkToken } from '@collabnet/messaging';
import { commit, fromBase64Url, sm2PublicKeyOf, sm3Hex } from '@collabnet/sm';
import { controlRequestSchema, courierJobSchema, signReceipt, type ControlRequest, type CourierJob, type CourierStatus, type Receipt } from '@collabnet/wire';
import { attemptAddress } from '../build/names.ts';

/**
 * Speaks for the courier in a pod that no kubelet runs: a responder on a real NATS server that knows nothing but the
 * files of the attempt's Secret, and moves on as the operator's requests let it.
 */
export class CourierResponder {
  readonly job: CourierJob;
  readonly requests: ControlRequest[] = [];
  status: CourierStatus;
  readonly #key: string;
  readonly #connection: NatsConnection;
  readonly #subscription: Subscription;

  private constructor(job: CourierJob, key: string, connection: NatsConnection) {
    this.job = job;
    this.#key = key;
    this.#connection = connection;
    this.status = { schema: 'collabnet.dev/courier-status/v1', state: 'Fetching', since: Date.now(), exchanged: false };
    this.#subscription = connection.subscribe(attemptControlSubject(attemptAddress(networkToken(job.networkId), job)), {
      callback: (_error, message) => {
        const request = controlRequestSchema.parse(message.json());
        if (request.op !== 'status') this.requests.push(request);
        this.#take(request);
        message.respond(JSON.stringify({ ok: true, status: this.status }));
      },
    });
  }

  /** @param files the Secret's data, base64 */
  static async start(url: string, files: Record<string, string>): Promise<CourierResponder> {
    const text = (name: string): string => Buffer.from(files[name] ?? '', 'base64').toString('utf8');
    const job = courierJobSchema.parse(JSON.parse(text('job.json')));
    return new CourierResponder(job, text('attempt.key'), await connect({ servers: url }));
  }

  get courierKey(): string {
    return sm2PublicKeyOf(this.#key);
  }

  /** Inputs are frozen and the engine waits. */
  becomeReserved(): void {
    this.status = { ...this.status, state: 'Reserved', reserved: { inputCommitments: this.#commitments(), courierKey: this.courierKey, isolation: 'test' } };
  }

  fail(failure: NonNullable<CourierStatus['failure']>): void {
    const now = Date.now();
    const history: CourierStatus['history'] = [{ state: 'Fetching', since: now - 900 }, { state: 'Reserved', since: now - 600 }, { state: 'Running', since: now - 300 }, { state: 'Failed', since: now }];
    this.status = { ...this.status, state: 'Failed', failure, history };
  }

  async close(): Promise<void> {
    this.#subscription.unsubscribe();
    await this.#connection.close();
  }

  #take(request: ControlRequest): void {
    if (request.op === 'start' && this.status.state === 'Reserved') this.status = { ...this.status, state: 'Running', exchanged: true };
    if (request.op === 'release') this.status = { ...this.status, state: 'Released' };
  }

  /** The engine is done and the result delivered. */
  finish(): void {
    const { receipt, signature } = signReceipt(this.#receipt(), this.#key);
    const output = this.job.outputs.find(({ receive }) => receive);
    this.status = { ...this.status, state: 'Finished', receipt, signature, ...(output === undefined ? {} : { result: { output: output.name, rows: 123, bytes: 4567 } }) };
  }

  #commitments(): Receipt['inputCommitments'] {
    const salt = fromBase64Url(this.job.salt);
    return this.job.inputs.map(({ name }) => ({ input: name, commitment: commit(salt, `in/${name}`), rowsCommitment: commit(salt, `rows/${name}`) }));
  }

  #receipt(): Receipt {
    const { job } = this;
    const direction = (from: string, to: string): string => sm3Hex(`${job.flowId}/${job.attempt}/${from}/${to}`);
    return {
      schema: 'collabnet.dev/receipt/v1',
      network: job.networkId,
      flowId: job.flowId,
      step: job.step,
      attempt: job.attempt,
      party: job.self.did,
      specDigest: job.specDigest,
      algorithm: { name: job.algorithm.name, version: job.algorithm.version },
      engine: { name: 'spu', version: '0.9.5' },
      isolation: { noNewPrivs: true, seccomp: true, landlockAbi: 4, fileRules: true, tcpRules: true, canary: 'blocked' },
      wireProfile: job.wireProfile,
      courierKey: this.courierKey,
      inputCommitments: this.#commitments(),
      rows: {},
      transcripts: Object.fromEntries(
        job.peers.map(({ did }) => [did, { sentDigest: direction(job.self.did, did), receivedDigest: direction(did, job.self.did), sentBytes: 10, receivedBytes: 10, sentFrames: 1, receivedFrames: 1 }]),
      ),
      phases: { prepare: 0.1, align: 0.2, compute: 1.5, clean: 0.1 },
      peakMemory: { engine: 1000, courier: 1000 },
      startedAt: Date.now(),
      finishedAt: Date.now(),
      attempts: job.attempts ?? [],
      result: 'Succeeded',
    };
  }
}
