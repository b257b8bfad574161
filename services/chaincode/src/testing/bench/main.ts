import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { LedgerFigures, ThroughputFigures } from './figures.ts';
import { measureGrowth } from './growth.ts';
import { measureProfile } from './profile.ts';
import { measureSync } from './sync.ts';
import { measureThroughput, startLedger } from './throughput.ts';

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { parts: text, orderers: text, rounds: text, calls: text, flows: text, out: text } });
const { parts = 'throughput,sync,growth,profile', orderers = '1,3', rounds = '5', calls = '200', flows = '100', out } = values;
const wanted = (part: string): boolean => parts.split(',').includes(part);

const throughput: ThroughputFigures[] = [];
const figures: { -readonly [K in keyof LedgerFigures]: LedgerFigures[K] } = {};
for (const [index, count] of (wanted('throughput') || wanted('sync') ? orderers.split(',').map(Number) : []).entries()) {
  const ledger = await startLedger(count);
  try {
    throughput.push(await measureThroughput(ledger, { orderers: count, rounds: Number(rounds), calls: Number(calls) }));
    if (index === 0 && wanted('sync')) figures.sync = await measureSync(ledger);
    await ledger.net.close();
  } finally {
    await ledger.network.close();
  }
}
if (throughput.length > 0) figures.throughput = throughput;
if (wanted('growth')) {
  const ledger = await startLedger(1);
  try {
    figures.growth = await measureGrowth(ledger, Number(flows));
    await ledger.net.close();
  } finally {
    await ledger.network.close();
  }
}
if (wanted('profile')) figures.profile = await measureProfile(Number(calls) * 2);
const json = `${JSON.stringify(figures, null, 2)}\n`;
if (out === undefined) process.stdout.write(json);
else writeFileSync(out, json);
