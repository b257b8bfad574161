import { table } from '../bench/markdown.ts';
import { growthSection, syncSection } from './document-chain.ts';
import { profileSection } from './document-profile.ts';
import { throughputSections } from './document-throughput.ts';
import { LEDGER_PARTS, type LedgerFigures, type LedgerNotes } from './ledger-figures.ts';

const TARGETS = { throughput: 0.6, startP95: 5 };

/** The text of docs/fabric-performance.md: the same figures always give the same bytes. */
export function ledgerDocument(notes: LedgerNotes): string {
  const figures: LedgerFigures = Object.assign({}, ...LEDGER_PARTS.map((part) => notes[part]?.figures ?? {})) as LedgerFigures;
  const parts = [head(notes), targets(figures), ...throughputSections(figures), syncSection(figures), growthSection(figures), profileSection(figures), start(figures), means()];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function head(notes: LedgerNotes): string {
  const known = LEDGER_PARTS.flatMap((part) => (notes[part] === undefined ? [] : [[part, notes[part]] as const]));
  return `# Performance of the ledger on Fabric
Written by \`make bench-ledger\` from \`fabric-performance.json\`; do not edit. Real peers, orderers and chaincode of two institutions on loopback, with TLS, on one
machine: whatever one of them computes, the others wait for. Compare ratios, not seconds. What the figures are made of is in
[fabric-ledger.md](fabric-ledger.md), those of the whole product are in [performance.md](performance.md).

${table(
  ['part', 'begun', 'machine', 'load before'],
  known.map(([part, { date, machine }]) => [part, `${date.slice(0, 16).replace('T', ' ')} UTC`, `${machine.cores} cores, ${machine.cpu}, ${(machine.memoryBytes / 1024 ** 3).toFixed(1)} GiB`, machine.load.toFixed(1)]),
)}

A load above half of the cores means that others worked on the machine: times are too long then, and ratios swing.`;
}

function targets({ throughput = [], start: started }: LedgerFigures): string {
  const rows: [string, string, string, boolean][] = throughput.map(({ orderers, write }) => {
    const ratio = write.contract.callsPerSecond / write.nothing.callsPerSecond;
    return [`contract calls against calls that do nothing, ${orderers} orderer${orderers === 1 ? '' : 's'}`, ratio.toFixed(2), `>= ${TARGETS.throughput}`, ratio >= TARGETS.throughput];
  });
  if (started !== undefined) rows.push(['last approval to first engine message over Fabric, p95', `${started.p95.toFixed(1)} s`, `<= ${TARGETS.startP95} s`, started.p95 <= TARGETS.startP95]);
  if (rows.length === 0) return '';
  return `## Against the targets
${table(['what', 'measured', 'target', 'reached'], rows.map(([what, value, target, reached]) => [what, value, target, reached ? 'yes' : '**no**']))}`;
}

function start({ start: found }: LedgerFigures): string {
  const title = '## From the last approval to the first engine message';
  if (found === undefined) return `${title}\nNot measured yet: \`make bench LEDGER=fabric\`, which needs the cluster and the demo's network on Fabric.`;
  const { tasks, p50, p95, p99, max, parts } = found;
  return `${title}
${table(['tasks', 'p50, s', 'p95, s', 'p99, s', 'max, s', 'approval to reserved', 'to start', 'to first byte'], [[String(tasks), ...[p50, p95, p99, max, parts.reserve, parts.start, parts.firstByte].map((value) => value.toFixed(1))]])}

On the cluster, as in [performance.md](performance.md), with three orderers and blocks every 500 ms. The time of a block on Fabric is that of its proposals: the way of the
last approval onto the ledger counts, that of the last report does not. What the time is made of is in [fabric-ledger.md](fabric-ledger.md#from-approval-to-first-message).`;
}

function means(): string {
  return `## Once more
\`\`\`
make bench-ledger                                            # all parts that need no cluster
node hack/src/bench-ledger/main.ts --parts throughput        # one part
make demo LEDGER=fabric && make bench LEDGER=fabric          # approval to first engine message, on the cluster
\`\`\`
\`--quick\` tries the bench itself and writes nothing. Nodes get free ports and a folder below the temporary one, which is removed.`;
}
