import { LedgerError } from '../errors.ts';
import type { Check, ExportReport, ExportVerifier } from './export-report.ts';
import { openExportFile, type ExportHeader, type ExportSource } from './export-file.ts';
import { inOrder } from './in-order.ts';

export interface VerifyExportOptions {
  /** Files that continue each other. */
  readonly sources: readonly ExportSource[];
  /** Network that it must be; undefined: any. */
  readonly networkId: string | undefined;
  /** The verifier for blocks of this kind, the first of which the header describes. */
  readonly verifier: (header: ExportHeader | undefined, networkId: string | undefined) => Promise<ExportVerifier>;
  /** Told after each block. `last` is unknown where no header names it. */
  readonly onProgress?: ((number: number, last: number | undefined) => void) | undefined;
}

/**
 * Verifies exported blocks without any ledger at hand.
 *
 * @throws LedgerError BLOCK_INVALID naming the file, the block and what does not hold
 */
export async function verifyExport({ sources, networkId, verifier: make, onProgress }: VerifyExportOptions): Promise<ExportReport> {
  let verifier: ExportVerifier | undefined;
  let first: ExportHeader | undefined;
  let from = 0;
  let next: number | undefined;
  let ends = true;
  try {
    for (const source of sources) {
      const { header, values } = await openExportFile(source);
      requireNetwork(source.name, header, networkId ?? first?.network);
      if (verifier !== undefined) requireContinues(source.name, header, first, next);
      first ??= header;
      from = verifier === undefined ? (header?.numbers.from ?? 0) : from;
      verifier ??= await make(header, networkId);
      next ??= from;
      ends &&= header !== undefined;
      const last = header?.numbers.to;
      for await (const value of inOrder(values, { name: source.name, numberOf: verifier.numberOf.bind(verifier), first: next, last })) {
        verifier.add(value);
        onProgress?.(next, last);
        next += 1;
      }
    }
    if (verifier === undefined || next === undefined) throw new LedgerError('BLOCK_INVALID', 'no file was given');
    const report = verifier.report();
    return { ...report, from, blocks: next - from, checks: [networkCheck(report.networkId, networkId), rangeCheck(from, next - 1, ends), ...report.checks] };
  } finally {
    verifier?.close();
  }
}

function requireNetwork(name: string, header: ExportHeader | undefined, wanted: string | undefined): void {
  if (header === undefined || wanted === undefined || header.network === wanted) return;
  throw new LedgerError('BLOCK_INVALID', `${name} is of network ${header.network}, not of network ${wanted}`);
}

function requireContinues(name: string, header: ExportHeader | undefined, first: ExportHeader | undefined, next: number | undefined): void {
  if (header?.numbers.from === next && header?.driver === first?.driver) return;
  throw new LedgerError('BLOCK_INVALID', `${name} begins with block ${header?.numbers.from ?? 0}, but the files before it end with block ${(next ?? 0) - 1}; give files in order, without gaps and without overlap`);
}

function networkCheck(found: string, wanted: string | undefined): Check {
  if (wanted !== undefined) return { name: 'network', verified: true, detail: `it is network ${wanted}` };
  return { name: 'network', verified: false, detail: `the file says network ${found}; give --network-id, from a source that you trust, to have it compared` };
}

function rangeCheck(from: number, to: number, ends: boolean): Check {
  const blocks = `blocks ${from} to ${to} are there, each once and in order`;
  if (ends) return { name: 'range', verified: true, detail: `${blocks}; the file ends where it says` };
  return { name: 'range', verified: false, detail: `${blocks}; the file does not say where it must end, so that whole blocks may be missing after ${to}` };
}
