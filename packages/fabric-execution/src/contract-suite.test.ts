import { describe } from 'node:test';
import { contractSuite } from '@collabnet/contracts/testing';
import { canonicalJson } from '@collabnet/envelope';
import { StampedDriver, type Claims } from './testing/stamped-driver.ts';

/** What a sender may name without changing anything that the rules decide; the truth is tried over a real network. */
const CLAIMS: Record<string, Claims> = {
  'senders that always name the first head': { seenHeight: () => 0, time: (now) => now },
  'senders that name a head of far ahead': { seenHeight: (head) => head + 1_000_000, time: (now) => now },
};

for (const [name, claims] of Object.entries(CLAIMS)) {
  describe(name, () => contractSuite((payload, sign) => new StampedDriver(payload, sign(canonicalJson(payload)), claims)));
}
