import { catalogueSuite } from './catalogue-suite.ts';
import { channelSuite } from './channel-suite.ts';
import { delegatedKeySuite } from './delegated-key-suite.ts';
import type { MakeDriver } from './driver.ts';
import { envelopeSuite } from './envelope-suite.ts';
import { flowsSuite } from './flows-suite.ts';
import { grantsSuite } from './grants-suite.ts';
import { lineageSuite } from './lineage-suite.ts';
import { programsSuite } from './programs-suite.ts';
import { membershipChangeSuite } from './membership-change-suite.ts';
import { membershipSuite } from './membership-suite.ts';
import { receiptsSuite } from './receipts-suite.ts';
import { recoverySuite } from './recovery-suite.ts';
import { rightsSuite } from './rights-suite.ts';

/**
 * The behaviour of the rules, for any ledger that runs them: register it in a test file with a way to found a ledger.
 *
 * @param makeDriver - called for each network that a suite needs (about 40 times)
 */
export function contractSuite(makeDriver: MakeDriver): void {
  envelopeSuite(makeDriver);
  delegatedKeySuite(makeDriver);
  rightsSuite(makeDriver);
  membershipSuite(makeDriver);
  membershipChangeSuite(makeDriver);
  channelSuite(makeDriver);
  recoverySuite(makeDriver);
  catalogueSuite(makeDriver);
  grantsSuite(makeDriver);
  lineageSuite(makeDriver);
  programsSuite(makeDriver);
  flowsSuite(makeDriver);
  receiptsSuite(makeDriver);
}
