import { count, mebi, table } from '../bench/markdown.ts';
import { versions } from '../setup/versions.ts';
import { SCALE_PARTS, type ControllerFigures, type ScaleFigures, type ScaleNotes } from './scale-figures.ts';

const MIB = 1024 ** 2;
const TARGETS = { residentAt10k: 256 * MIB, finishSeconds: 120, finishTasks: 1_000, p99Ms: 1_000, failOverMs: 20_000 };

const COMMAND = 'node hack/src/bench-scale/main.ts';

/** The text of docs/scale.md: the same figures always give the same bytes. */
export function scaleDocument(notes: ScaleNotes): string {
  const figures = merged(notes);
  const parts = [head(notes), targets(figures), resources(figures), finish(figures), changes(figures), churn(figures), failOver(figures), comparison(figures), means()];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function merged(notes: ScaleNotes): ScaleFigures {
  const found = SCALE_PARTS.flatMap((part) => notes[part]?.figures ?? []);
  return Object.assign({ resources: [] }, ...found.map((figures) => Object.fromEntries(Object.entries(figures).filter(([, value]) => !(Array.isArray(value) && value.length === 0))))) as ScaleFigures;
}

function head(notes: ScaleNotes): string {
  const runs = SCALE_PARTS.flatMap((part) => {
    const note = notes[part];
    if (note === undefined) return [];
    const { date, machine: { cores, cpu, memoryBytes, kernel, load } } = note;
    const machine = `${cores} cores, ${cpu}, ${(memoryBytes / 1024 ** 3).toFixed(1)} GiB, kernel ${kernel}`;
    return [[part, `${date.slice(0, 16).replace('T', ' ')} UTC`, machine, `${load.toFixed(1)}${load > cores / 2 ? ': not idle' : ''}`]];
  });
  return `# Scale and endurance
Written by \`make bench-scale\` from \`scale.json\`; do not edit. Each part is its last run.
On a machine that was not idle before a part its times are too long; memory and counts are not concerned. An operator that gets no processor for 10 s
loses its Lease and is started again, as in a cluster; that is in the times too.

${table(['part', 'begun', 'machine', 'load before'], runs)}`;
}

function targets({ resources, finish, rate, disconnects, churn, failOver }: ScaleFigures): string {
  const rows: [string, string, string, boolean][] = [];
  const resident = (tasks: number): number | undefined => {
    const found = resources.filter((each) => each.tasks === tasks).map((each) => each.resident);
    return found.length === 0 ? undefined : Math.max(...found);
  };
  const at10k = resident(10_000);
  if (at10k !== undefined) rows.push(['resident memory of the operator at 10,000 tasks', mebi(at10k), `<= ${mebi(TARGETS.residentAt10k)}`, at10k <= TARGETS.residentAt10k]);
  const large = resources.findLast(({ tasks }) => tasks >= 50_000);
  if (large !== undefined) rows.push([`still lists and proposes a new task at ${count(large.tasks)}`, `listed in ${seconds(large.listedMs)}, proposed in ${seconds(large.freshMs)}`, 'it does', true]);
  if (finish !== undefined) {
    const scaled = (TARGETS.finishSeconds * finish.tasks) / TARGETS.finishTasks;
    rows.push([`${count(finish.tasks)} tasks to their end without compute, 10 workers`, seconds(finish.ms), `<= ${scaled.toFixed(0)} s`, finish.ms <= scaled * 1_000]);
  }
  if (rate !== undefined) rows.push([`change to status, ${rate.perSecond} changes a second for ${minutes(rate.seconds / 60)} min, p99`, `${whole(rate.p99)} ms`, `<= ${count(TARGETS.p99Ms)} ms`, rate.p99 <= TARGETS.p99Ms]);
  if (disconnects !== undefined) rows.push([`changes lost over ${disconnects.cuts} forced disconnects`, count(disconnects.lost), '0', disconnects.lost === 0]);
  if (churn !== undefined) rows.push([`growth of heap over ${churn.minutes.toFixed(0)} min of churn`, growth(churn.samples), 'none (<= 10 % after the first tenth)', flat(churn.samples)]);
  if (failOver !== undefined) {
    const worst = Math.max(...failOver.reconcileMs);
    rows.push([`leader killed to the next reconcile, worst of ${failOver.reconcileMs.length}`, seconds(worst), `<= ${seconds(TARGETS.failOverMs)}`, worst <= TARGETS.failOverMs]);
  }
  return `## Against the targets
${table(['what', 'measured', 'target', 'reached'], rows.map(([what, value, target, reached]) => [what, value, target, reached ? 'yes' : '**no**']))}`;
}

function resources({ resources: found }: ScaleFigures): string {
  if (found.length === 0) return '';
  return `## Start on tasks that have ended
${table(
  ['finished tasks', 'of them on the ledger', 'copy of the ledger', 'listed, s', 'ledger verified, s', 'new task proposed, s', 'processor, s', 'resident', 'largest', 'heap'],
  found.map((each) => [
    count(each.tasks),
    count(each.onLedger),
    each.warm ? 'kept' : 'none',
    bare(each.listedMs),
    bare(each.followingMs),
    bare(each.freshMs),
    each.processorSeconds.toFixed(1),
    mebi(each.resident),
    mebi(each.peak),
    mebi(each.heap),
  ]),
)}

The first two times count from the start of the process, the third from the creation of the new task. A finished task is a ComputeTask that a person refused: two
transactions on the ledger, and an object with the operator's own status. Beyond the second column the objects are there without their flows. "None" is a new
pod: it verifies the whole chain; "kept" is a restarted container, which goes on where its copy ends. Heap is after a full collection; Node runs with the
chart's limits. The operator keeps name, flow and phase of what has ended, and reads the rest when it is asked for.`;
}

function finish({ finish: found }: ScaleFigures): string {
  if (found === undefined) return '';
  const each = (value: number): string => `${((value * 1_000) / found.tasks).toFixed(0)} ms`;
  return `## ${count(found.tasks)} tasks to their end
${table(['tasks', 'time, s', 'tasks a second', 'processor of the operator, a task', 'processor of the ledger, a task'], [[count(found.tasks), bare(found.ms), ((found.tasks * 1_000) / found.ms).toFixed(1), each(found.operatorSeconds), each(found.ledgerSeconds)]])}

Each is created, proposed on the ledger, refused by an Approval that a person's key signed, and shown as refused: two transactions, five writes to the API server.
What takes the operator's time is SM2 in JavaScript: a signature is verified in about 2 ms, and each party verifies every transaction and every block itself.`;
}

function changes({ rate, disconnects }: ScaleFigures): string {
  const steady = rate && ['none', count(rate.changes), whole(rate.p50), whole(rate.p99), whole(rate.max), count(rate.lost)];
  const cut = disconnects && [`${disconnects.cuts}, of ${count(disconnects.connections)} connections`, count(disconnects.changes), '', whole(disconnects.p99), '', count(disconnects.lost)];
  const rows = [steady, cut].filter((row) => row !== undefined);
  if (rows.length === 0) return '';
  return `## Changes, 20 a second
${table(['disconnects', 'changes', 'p50, ms', 'p99, ms', 'max, ms', 'lost'], rows)}

From the API server's answer to a change of a ParticipantDID's spec until another watch shows \`observedGeneration\` at its generation: watch, queue, reconcile and
the status write are all in it. Disconnects: every TCP connection of the operator to the API server is reset at once, every 1.5 s; a change is lost when it is not
handled within two minutes of the last one.`;
}

function churn({ churn: found }: ScaleFigures): string {
  if (found === undefined) return '';
  return `## Churn for ${found.minutes.toFixed(0)} minutes
${table(['minute', 'heap', 'resident', 'descriptors'], found.samples.map(({ minute, heap, resident, descriptors }) => [minute.toFixed(1), `${(heap / MIB).toFixed(1)} MiB`, mebi(resident), count(descriptors)]))}

${count(found.tasks)} tasks were created, proposed, refused and deleted with their approvals, twenty at a time. Heap after a full collection; file descriptors as \`/proc\` has them.`;
}

function failOver({ failOver: found }: ScaleFigures): string {
  if (found === undefined) return '';
  const list = (values: readonly number[]): string => values.map(bare).join(', ');
  return `## Fail-over
${table(['kills', 'to the next reconcile, s', 'to the next proposal on the ledger, s'], [[String(found.reconcileMs.length), list(found.reconcileMs), list(found.followingMs)]])}

Two operators; the leader is killed (SIGKILL) and its Lease, of 15 s, has to end first. A standby follows the ledger all the time, so that it need not begin with its verification.`;
}

function comparison({ certManager: found }: ScaleFigures): string {
  if (found === undefined) return '';
  const row = (name: string, { objects, perSecond, residentBefore, residentAfter, restartMs, processorSeconds }: ControllerFigures): string[] => [
    name,
    count(objects),
    perSecond.toFixed(1),
    `${((processorSeconds * 1_000) / objects).toFixed(0)} ms`,
    mebi(residentBefore),
    mebi(residentAfter),
    `${((residentAfter - residentBefore) / objects / 1024).toFixed(1)} KiB`,
    bare(restartMs),
  ];
  return `## Beside cert-manager
${table(['controller', 'objects', 'a second', 'processor, an object', 'resident before', 'after', 'an object', 'restart, s'], [row(`cert-manager ${versions.certManager}`, found.certManager), row('collabnet', found.ours)])}

One API server, one after the other. cert-manager: its control loops for self-signed certificates from its Go module, as its release configures them; a
Certificate (ECDSA P-256) from its creation to Ready. collabnet: a ComputeTask from its creation to the proposal on the ledger, which another process orders and which
is verified here: more than cert-manager has to do, and in JavaScript. Restart: from the start of the process to the end of the first new object.`;
}

function means(): string {
  return `## Once more
\`\`\`
make bench-scale                                   # all parts, an hour
${COMMAND} --parts churn --churn-minutes 60        # one part
\`\`\`
An API server with etcd, hub, NATS server, embedded ledger and operator run as processes of their own on loopback; no cluster is needed, and nothing computes. The operator
is the image's \`main.js\` with the chart's limits; the bench mounts its Secrets and gives Services their addresses. \`--quick\` tries the bench itself and writes nothing.`;
}

type Samples = NonNullable<ScaleFigures['churn']>['samples'];

/** Before a tenth of the time has passed caches are being filled that are bounded. */
function settled(samples: Samples): Samples {
  const from = (samples.at(-1)?.minute ?? 0) / 10;
  return samples.filter(({ minute }) => minute >= from);
}

function relative(samples: Samples): number {
  const [first, last] = [settled(samples)[0]?.heap ?? 0, samples.at(-1)?.heap ?? 0];
  return first === 0 ? 0 : (last - first) / first;
}

function growth(samples: Samples): string {
  return `${(relative(samples) * 100).toFixed(1)} %, descriptors ${settled(samples)[0]?.descriptors ?? 0} to ${samples.at(-1)?.descriptors ?? 0}`;
}

/** A tenth of the heap, and as many descriptors as connections may idle, is no growth. */
function flat(samples: Samples): boolean {
  return relative(samples) <= 0.1 && (samples.at(-1)?.descriptors ?? 0) - (settled(samples)[0]?.descriptors ?? 0) <= 32;
}

function whole(value: number): string {
  return count(Math.round(value));
}

/** Whole minutes but for a short trial. */
function minutes(value: number): string {
  return value < 2 ? value.toFixed(1) : value.toFixed(0);
}

function bare(value: number): string {
  return (value / 1_000).toFixed(1);
}

function seconds(value: number): string {
  return `${bare(value)} s`;
}
