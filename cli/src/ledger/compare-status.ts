import type { CollabNetwork } from '@collabnet/crds';
import type { ExportReport } from '@collabnet/ledger';
import { CliError } from '../base/errors.ts';

/**
 * The operator follows the same chain: at equal height it must have come to the same state, by the same block.
 *
 * @throws CliError VERIFICATION_FAILED
 */
export function compareWithStatus(seen: NonNullable<CollabNetwork['status']>['ledger'], { driver, hash, head }: Pick<ExportReport, 'driver' | 'hash' | 'head'>): void {
  if (head === undefined || seen?.height !== head.height) return;
  refuseOther(head.height, 'state', seen.stateRoot, head.stateRoot);
  // On Fabric the last block of an export may be one with configuration, which has no height.
  if (driver === 'embedded') refuseOther(head.height, 'block', seen.headHash, hash);
}

function refuseOther(height: number, what: string, seen: string | undefined, exported: string): void {
  if (seen === undefined || seen === exported) return;
  throw new CliError('VERIFICATION_FAILED', `at height ${height} the operator has ${what} ${seen}, the export has ${exported}: the ledger shows different histories`);
}
