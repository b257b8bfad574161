import { verifyExport, embeddedVerifier, LedgerError, type ExportReport, type ExportSource } from '@collabnet/ledger';
import { CliError } from '../base/errors.ts';
import type { Io } from '../base/io.ts';

/**
 * Verifies exported blocks; nothing else is asked. This module loads the contracts, and for a channel Fabric's messages:
 * import it only where blocks are verified.
 *
 * @param sources files that continue each other
 * @throws CliError VERIFICATION_FAILED naming the file and the block that does not hold
 */
export async function verifySources(io: Io, sources: readonly ExportSource[], networkId: string | undefined): Promise<ExportReport> {
  try {
    return await verifyExport({
      sources,
      networkId,
      verifier: async (header, wanted) => {
        if (header?.driver !== 'fabric') return embeddedVerifier(header, wanted);
        const { fabricVerifier } = await import('@collabnet/ledger-fabric/verify');
        return fabricVerifier(header, wanted);
      },
      onProgress: progressTo(io),
    });
  } catch (cause) {
    if (!(cause instanceof LedgerError)) throw cause;
    if (cause.code === 'BLOCK_INVALID') throw new CliError('VERIFICATION_FAILED', `the chain does not hold: ${cause.message}`, { cause });
    if (cause.code === 'CONTRACTS_MISMATCH') throw new CliError('VERIFICATION_FAILED', `the chain cannot be replayed here: ${cause.message}`, { cause });
    throw cause;
  }
}

/** How often somebody who waits is told, ms: at a terminal, and in a log. */
const TELL_MS = { terminal: 2_000, log: 30_000 };

function progressTo(io: Io): (number: number, last: number | undefined) => void {
  const every = io.interactive ? TELL_MS.terminal : TELL_MS.log;
  let told = Date.now();
  return (number, last) => {
    if (Date.now() - told < every) return;
    told = Date.now();
    io.note(`verified up to block ${number}${last === undefined ? '' : ` of ${last}`}`);
  };
}
