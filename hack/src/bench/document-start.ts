import { table } from './markdown.ts';
import type { JobFigures, StartFigures } from './performance-figures.ts';

export function startSection({ tasks, p50, p95, p99, max, parts }: StartFigures, job: JobFigures): string {
  const s = (value: number): string => value.toFixed(1);
  const ratio = (ours: number, theirs: number): string => (theirs > 0 ? (ours / theirs).toFixed(1) : '');
  return `## From the last approval to the first engine message
${table(['tasks', 'p50, s', 'p95, s', 'p99, s', 'max, s', 'approval to reserved', 'to start', 'to first byte'], [[String(tasks), s(p50), s(p95), s(p99), s(max), s(parts.reserve), s(parts.start), s(parts.firstByte)]])}

${table(['beside it', 'runs', 'p50, s', 'p95, s', 'ratio p50', 'ratio p95'], [['plain Kubernetes Job, creation to running', String(job.jobs), s(job.p50), s(job.p95), ratio(p50, job.p50), ratio(p95, job.p95)]])}

A Job of the same image in the same namespace, one after another in the same run, from the API server's answer to the first line of its one process. A task starts two
pods of two containers each at two institutions, in which a courier reads and freezes an input and an engine loads its library, and agrees on the start over the ledger.

Block times of the ledger: from the last \`flows.approve\` to the first \`flows.touch\`, by which an operator reports that its courier has seen an engine's byte;
so the report itself counts. Between them lie both owners' confirmations, pods, inputs read and frozen (reserved), the agreement to start, handshake and connection.
The demo's tables (1,500 and 1,481 rows), images present, one task after another. The parts are medians and need not add up.`;
}
