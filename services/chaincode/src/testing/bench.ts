import { TestNetwork } from '@collabnet/contracts/testing';
import { canonicalJson, transactionBytes, type SignedTransaction } from '@collabnet/envelope';
import { executeCall } from '@collabnet/fabric-execution';
import { StampedDriver } from '@collabnet/fabric-execution/testing';
import { sm2Verify } from '@collabnet/sm';
import { cpuPerCall, cpuTimes } from './cpu-times.ts';
import { FabricDriver } from './fabric-driver.ts';
import { TestLedgerNetwork } from './test-ledger-network.ts';

const CALLS = 150;
const IN_FLIGHT = 50;
const ROUNDS = 3;

interface Rate {
  readonly callsPerSecond: number;
  /** By program, ms. */
  readonly cpuPerCall: Record<string, number>;
}

/** Calls a second with so many at once. */
async function rate(calls: (() => Promise<unknown>)[]): Promise<Rate> {
  const from = performance.now();
  const before = cpuTimes();
  const waiting = [...calls];
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      for (let call = waiting.pop(); call !== undefined; call = waiting.pop()) await call();
    }),
  );
  return { callsPerSecond: (calls.length * 1000) / (performance.now() - from), cpuPerCall: cpuPerCall(before, cpuTimes(), calls.length) };
}

/** Median time of one run, ms. */
async function median(run: () => unknown, runs = 30): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < runs; n++) {
    const from = performance.now();
    await run();
    times.push(performance.now() - from);
  }
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? 0;
}

async function verification(): Promise<{ execute: number; verify: number }> {
  const net = await TestNetwork.found((payload, sign) => new StampedDriver(payload, sign(canonicalJson(payload))));
  const { reader } = net.driver as StampedDriver;
  const tx = await net.sign(net.founder, 'catalogue', 'publish', net.assetOf(net.founder));
  const message = transactionBytes(tx.payload);
  const key = net.founder.keys.publicKey;
  return {
    execute: await median(() => executeCall(reader, { tx, seenHeight: 0, time: net.driver.now() })),
    verify: await median(() => sm2Verify(message, tx.signature, key)),
  };
}

/** Figures of one run, as ratios; the machine is shared, so absolute times say little. */
async function main(): Promise<void> {
  const network = await TestLedgerNetwork.start({ members: ['Alpha', 'Beta'], batchTimeoutMs: 200 });
  try {
    let driver!: FabricDriver;
    const net = await TestNetwork.found(async (payload, sign) => (driver = await FabricDriver.found(network, payload, sign, 'Real')));
    const rounds: { ping: Rate; contract: Rate }[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const signed: SignedTransaction[] = [];
      for (let n = 0; n < CALLS; n++) signed.push(await net.sign(net.founder, 'catalogue', 'publish', net.assetOf(net.founder, `a-${round}-${n}`)));
      const ping = await rate(signed.map(() => () => driver.client.ping()));
      const contract = await rate(signed.map((tx) => () => driver.client.submit(tx)));
      // The first round warms up compilers and connections.
      if (round > 0) rounds.push({ ping, contract });
    }
    const single = { ping: await median(() => driver.client.ping(), 15), contract: await median(async () => driver.client.submit(await net.sign(net.founder, 'catalogue', 'publish', net.assetOf(net.founder, `single-${Math.random().toString(36).slice(2)}`))), 15) };
    const figures = { organisations: 2, batchTimeoutMs: 200, inFlight: IN_FLIGHT, rounds, single, inProcess: await verification() };
    process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
    await net.close();
  } finally {
    await network.close();
  }
}

await main();
