import { HackError } from '../lib/hack-error.ts';

const DRIVERS = ['embedded', 'fabric'] as const;

/** Driver of a network's ledger. */
export type LedgerDriver = (typeof DRIVERS)[number];

/**
 * Driver of the networks that the demo and the suites make: option `--ledger` of the demo, else COLLABNET_LEDGER, else
 * embedded.
 *
 * @throws HackError BAD_ARGUMENT
 */
export function ledgerDriver(args: readonly string[] = process.argv.slice(2), environment = process.env): LedgerDriver {
  const option = args.indexOf('--ledger');
  const named = (option >= 0 ? args[option + 1] : environment['COLLABNET_LEDGER']) || 'embedded';
  const driver = DRIVERS.find((each) => each === named);
  if (driver === undefined) throw new HackError('BAD_ARGUMENT', `--ledger (or COLLABNET_LEDGER): ${named} is no driver; give ${DRIVERS.join(' or ')}`);
  return driver;
}

/** `spec.ledger` of a founder. */
export function foundersLedger(driver: LedgerDriver): { driver: LedgerDriver; fabric?: { orderers: number } } {
  return driver === 'fabric' ? { driver, fabric: { orderers: 3 } } : { driver };
}
