import { table } from '../bench/markdown.ts';
import type { LedgerFigures, Rate } from './ledger-figures.ts';

type Throughput = NonNullable<LedgerFigures['throughput']>[number];

const PROGRAMS: Readonly<Record<string, string>> = { driver: 'driver', peer: 'both peers', orderer: 'orderers', chaincode: 'both chaincodes' };

/** Writing, reading, and the time until it could begin. */
export function throughputSections({ throughput = [] }: LedgerFigures): string[] {
  return throughput.length === 0 ? [] : [write(throughput), read(throughput), deployment(throughput)];
}

function write(all: readonly Throughput[]): string {
  const [one] = all as [Throughput];
  const programs = Object.keys(PROGRAMS);
  const sum = ({ cpuPerCall }: Rate): number => Object.values(cpuPerCall).reduce((total, time) => total + time, 0);
  return `## Writing
${table(
  ['orderers', 'nothing, a second', 'contract, a second', '**ratio**', 'CPU ratio', 'one alone: nothing, ms', 'contract, ms', 'ratio'],
  all.map(({ orderers, write: { nothing, contract }, alone }) => [
    String(orderers),
    nothing.callsPerSecond.toFixed(0),
    contract.callsPerSecond.toFixed(0),
    `**${(contract.callsPerSecond / nothing.callsPerSecond).toFixed(2)}**`,
    (sum(nothing) / sum(contract)).toFixed(2),
    alone.nothing.toFixed(0),
    alone.contract.toFixed(0),
    (alone.contract / alone.nothing).toFixed(2),
  ]),
)}

Contract: \`catalogue.publish\`, signed beforehand; six keys read, four written, endorsed by both institutions, ordered, and verified in the block by the sender's
replica. Nothing: \`ping\`, the same way over the same gateway, with nothing signed, read or written. In turn, medians of ${one.rounds} rounds of ${one.callsPerRound} calls, ${one.inFlight} in
flight, blocks every ${one.batchTimeoutMs} ms, after a round to warm up. The CPU ratio is what would be seen if only processors limited both; it swings less. A call
alone mostly waits for its block.

${table(
  ['CPU time of one call, ms', ...all.flatMap(({ orderers }) => [`nothing, ${orderers} orderer${plural(orderers)}`, `contract, ${orderers} orderer${plural(orderers)}`])],
  [
    ...programs.map((program) => [PROGRAMS[program] ?? program, ...all.flatMap(({ write: { nothing, contract } }) => [nothing, contract].map(({ cpuPerCall }) => (cpuPerCall[program] ?? 0).toFixed(1)))]),
    ['all', ...all.flatMap(({ write: { nothing, contract } }) => [nothing, contract].map((each) => sum(each).toFixed(1)))],
  ],
)}`;
}

function read(all: readonly Throughput[]): string {
  const ratio = (of: Rate, { callsPerSecond }: Rate): string => (of.callsPerSecond / callsPerSecond).toFixed(2);
  return `## Reading
${table(
  ['orderers', 'nothing, a second', "the peer's state, a second", 'ratio', 'verified replica, a second', 'ratio'],
  all.map(({ orderers, read: { nothing, peer, replica } }) => [String(orderers), nothing.callsPerSecond.toFixed(0), peer.callsPerSecond.toFixed(0), ratio(peer, nothing), replica.callsPerSecond.toFixed(0), ratio(replica, nothing)]),
)}

Nothing: \`ping\`, evaluated by the own peer. The peer's state: a signed call judged by the own peer's chaincode and not sent on, six keys read. Verified replica: \`catalogue.get\` through
the driver, which is how the product reads; it asks nobody.`;
}

function deployment(all: readonly Throughput[]): string {
  const s = (value: number): string => value.toFixed(1);
  return `## Deployment
${table(
  ['orderers', 'nodes up and in the channel, s', 'contracts agreed on and served, s', 'genesis verified, s', 'all, s'],
  all.map(({ orderers, deployment: { channel, contracts, genesis } }) => [String(orderers), s(channel), s(contracts), s(genesis), s(channel + contracts + genesis)]),
)}

From nothing: certificates, two peers and the orderers as processes, channel and leader; packages installed, approved by both and committed, both chaincodes started; the
network founded on a further definition of the contracts, until the driver has verified block 0. Images and pods are not in it.`;
}

function plural(count: number): string {
  return count === 1 ? '' : 's';
}
