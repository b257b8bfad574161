import { count, mebi, table } from '../bench/markdown.ts';
import type { EngineNotes } from './engine-figures.ts';

/** Times as quick by processor time that the engine for sets is to be over SM2. */
const SM2_TARGET = 15;

/** docs/engines-performance.md */
export function enginesDocument({ pairs }: EngineNotes): string {
  if (pairs === undefined) return '# Performance of the engines\nNothing was measured yet: `make bench-engines`.\n';
  const { date, machine, runs, compared } = pairs;
  const rows = compared.map(({ title, rows: each, ours, other }) => [
    title, count(each), ours.seconds.toFixed(2), other.seconds.toFixed(2), ours.processorSeconds.toFixed(1), other.processorSeconds.toFixed(1),
    `**${(other.processorSeconds / ours.processorSeconds).toFixed(2)}**`, mebi(ours.peakMemory), mebi(other.peakMemory),
  ]);
  const sm2 = compared.find(({ title }) => title.includes('SM2'));
  const ratio = sm2 === undefined ? 0 : sm2.other.processorSeconds / sm2.ours.processorSeconds;
  return `# Performance of the engines
Written by \`make bench-engines\` from \`engines-performance.json\`; do not edit. Two engine processes with confinement over loopback, without couriers and cluster; the same
keys for both engines, half of them common, one receiver, in turn; medians of ${runs} runs. Begun ${date.slice(0, 16).replace('T', ' ')} UTC on ${machine.cores} cores (${machine.cpu}), load before ${machine.load.toFixed(1)}.

${table(['operation', 'rows of each party', 'sets, s', 'spu, s', 'sets, processor s', 'spu, processor s', 'times less', 'sets, peak', 'spu, peak'], rows)}

Processor seconds are those of both engines, start and input included; seconds run from the agreement of the engines to the written result. Compare ratios, not seconds.
Over SM2 the engine for sets takes ${ratio.toFixed(1)} times less processor time than the psi library; the target is ${SM2_TARGET}: ${ratio >= SM2_TARGET ? 'reached' : '**not reached**'}.
RR22 needs no multiplication of points for each key, and two parties who may use it should; it has neither a third party nor a cardinality alone. The psi library
computes over Curve25519 with the vector instructions of newer processors (AVX-512 IFMA), which Go does not use.
`;
}
