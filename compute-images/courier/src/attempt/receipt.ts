import { signReceipt } from '@collabnet/wire';
import type { InputCommitment, Receipt, SignedReceipt, Transcript } from '@collabnet/wire';
import type { Assignment } from '../config/load-job.ts';
import type { EngineExit, EngineReady } from '../engine/engine-files.ts';
import { outputCommitments } from '../input/commitments.ts';
import type { Delivered } from '../result/deliver.ts';
import type { Received } from '../result/result.ts';

export interface ReceiptInput {
  readonly assignment: Assignment;
  readonly ready: EngineReady;
  readonly exit: EngineExit;
  readonly inputs: readonly InputCommitment[];
  readonly delivered: Delivered | undefined;
  /** What others gave, with the commitments to it made anew. */
  readonly received: readonly Received[];
  readonly attestation: Receipt['attestation'];
  readonly transcripts: Readonly<Record<string, Transcript>>;
  /** Seconds spent by the courier itself. */
  readonly seconds: { readonly prepare: number; readonly handshake: number; readonly clean: number };
  readonly startedAt: number;
}

/** The record of this party, signed by the attempt's key. */
export function makeReceipt(of: ReceiptInput): SignedReceipt {
  const { assignment, ready, exit, inputs, delivered, received, seconds } = of;
  const { job, output } = assignment;
  const commitments = delivered && outputCommitments(assignment, delivered.digest, delivered.rows);
  const spent = (name: string): number => exit.seconds[name] ?? 0;
  const round = (value: number): number => Math.round(value * 1000) / 1000;
  const { noNewPrivs, seccomp, landlockAbi, fileRules, tcpRules, canary } = exit.isolation;
  const { imageDigest } = job.algorithm;
  return signReceipt(
    {
      schema: 'collabnet.dev/receipt/v1',
      network: job.networkId,
      flowId: job.flowId,
      step: job.step,
      attempt: job.attempt,
      party: job.self.did,
      specDigest: job.specDigest,
      algorithm: { name: job.algorithm.name, version: job.algorithm.version },
      engine: { name: ready.engine, version: ready.version, ...(imageDigest === undefined ? {} : { imageDigest }) },
      isolation: { noNewPrivs, seccomp, landlockAbi, fileRules, tcpRules, canary },
      wireProfile: job.wireProfile,
      courierKey: assignment.courierKey,
      inputCommitments: [...inputs],
      ...(commitments ? { outputCommitment: commitments.output } : {}),
      ...(received.length === 0 ? {} : { received: [...received] }),
      ...(of.attestation === undefined ? {} : { attestation: of.attestation }),
      rows: { ...rowCommitments(inputs), ...(commitments ? { [`out/${output.name}`]: commitments.rows } : {}) },
      transcripts: { ...of.transcripts },
      phases: {
        prepare: round(seconds.prepare + spent('prepare') + spent('import')),
        align: round(seconds.handshake + spent('connect')),
        compute: round(spent('share') + spent('compute') + spent('write')),
        clean: round(seconds.clean),
      },
      peakMemory: { engine: exit.peakRssBytes, courier: process.resourceUsage().maxRSS * 1024 },
      startedAt: of.startedAt,
      finishedAt: Date.now(),
      attempts: job.attempts ?? [],
      result: 'Succeeded',
    },
    assignment.attemptKey,
  );
}

function rowCommitments(inputs: readonly InputCommitment[]): Record<string, string> {
  return Object.fromEntries(inputs.flatMap(({ input, rowsCommitment }) => (rowsCommitment === undefined ? [] : [[`in/${input}`, rowsCommitment]])));
}
