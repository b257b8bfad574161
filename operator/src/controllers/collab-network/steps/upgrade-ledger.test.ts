import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CONTRACTS_VERSION } from '@collabnet/contracts';
import { LedgerError } from '@collabnet/ledger';
import type { FollowedLedger } from '../followed-ledger.ts';
import type { NetworkRun } from '../network-run.ts';
import { upgradeLedger } from './upgrade-ledger.ts';

interface Case {
  /** Definition that the members have put into force. */
  readonly inForce?: string;
  /** What the records are of, and become when the view is renewed. */
  readonly records?: string | undefined;
  readonly afterRefresh?: string;
  readonly failure?: LedgerError;
}

/** What the step does to a ledger; the ledger itself is tried in services/chaincode. */
async function look({ inForce, records, afterRefresh, failure }: Case): Promise<string[]> {
  const done: string[] = [];
  let contracts = records;
  const ledger = {
    get contracts() {
      return contracts;
    },
    refresh: () => Promise.resolve(void (contracts = afterRefresh ?? contracts)),
    upgrade: () => (done.push('upgraded'), failure === undefined ? Promise.resolve() : Promise.reject(failure)),
  } as Partial<FollowedLedger>;
  const ctx = { event: ({ reason }: { reason: string }) => done.push(reason) };
  const services = { replicas: { open: () => Promise.resolve(ledger) } };
  await upgradeLedger({ ctx, services, network: {}, access: {}, ...(inForce !== undefined && { contractsInForce: inForce }) } as unknown as NetworkRun);
  return done;
}

describe('records of earlier contracts', () => {
  const inForce = `${CONTRACTS_VERSION}+sha256.ab`;

  test('are brought over once the contracts of this release are in force, and only then', async () => {
    assert.deepEqual(await look({ inForce, records: '0.9.0' }), ['upgraded', 'LedgerUpgraded']);
    const untouched: Case[] = [{ records: '0.9.0' }, { inForce: '0.9.0+sha256.ab', records: '0.9.0' }, { inForce, records: CONTRACTS_VERSION }, { inForce }, { inForce, records: '0.9.0', afterRefresh: CONTRACTS_VERSION }];
    for (const each of untouched) assert.deepEqual(await look(each), []);
  });

  test('are tried again where the ledger does not take it', async () => {
    const failure = new LedgerError('UNAVAILABLE', 'no endorsers');
    await assert.rejects(look({ inForce, records: '0.9.0', failure }), { reason: 'LedgerNotUpgraded', message: /still of contracts 0\.9\.0: no endorsers/ });
  });
});
