import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { Session, type Profiler } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProfileFigures } from './figures.ts';
import { rate } from './rate.ts';
import { sharesOf, sum } from './shares.ts';
import { signedCalls, startLedger } from './throughput.ts';

const IN_FLIGHT = 50;

/** Contract calls while driver and chaincodes are sampled once in a millisecond. */
export async function measureProfile(calls: number): Promise<ProfileFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'collabnet-bench-profile-'));
  const ledger = await startLedger(1, { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder}` });
  const { network, driver } = ledger;
  const session = new Session();
  let own: Profiler.Profile;
  let span = { from: 0, to: 0 };
  try {
    const run = async (round: string): Promise<void> => {
      const signed = await signedCalls(ledger, Array.from({ length: calls }, (_, nth) => `${round}-${nth}`));
      span = { from: micros(), to: 0 };
      await rate(signed.map((tx) => () => driver.client.submit(tx)), IN_FLIGHT);
      span.to = micros();
    };
    await run('warm-up');
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
    await run('profiled');
    own = (await session.post('Profiler.stop')).profile;
    for (const mspId of ['Alpha', 'Beta']) await network.chaincode(mspId).stop();
  } finally {
    session.disconnect();
    await ledger.net.close();
    await network.close();
  }
  const { from, to } = span;
  const profiles = readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profiler.Profile);
  rmSync(folder, { recursive: true, force: true });
  return { calls, driver: sharesOf(own, from, to, calls), chaincode: sum(profiles.map((profile) => sharesOf(profile, from, to, calls * 2))) };
}

/** The clock of profiles, µs. */
function micros(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
