import type { Profiler } from 'node:inspector';
import type { Shares } from './figures.ts';

/** What a program spends its time on, by the innermost frame of a stack that says so. */
const KINDS: readonly (readonly [kind: string, where: RegExp])[] = [
  ['SM2 and SM3', /\/packages\/sm\//],
  // The gateway's library signs proposals and transactions in JavaScript, by its own copy of that of the curves.
  ['ECDSA for Fabric', /fabric-gateway\/(dist\/identity|node_modules\/@noble)/],
  ['waiting', /sync-reader\.js/],
  ['messages to Fabric', /grpc|protobuf|fabric-protos|fabric-gateway|fabric-shim|node:internal\/(http2|streams|net|tls)|node:(http2|stream|net|tls)/],
  ['threads', /node:internal\/(worker|per_context\/messageport)|contract-worker\.js|serve-jobs\.js/],
  ['store', /sqlite/],
  ['contracts', /\/contracts\/|\/packages\/(envelope|fabric-execution|flow|did|ledger-fabric|ledger)\/|zod|canonicalize/],
];
const IDLE = ['(idle)', '(root)'];

type Node = Profiler.ProfileNode;

/**
 * CPU time of a call by what it was spent on, ms.
 *
 * @param from start of what counts, µs of the monotonic clock
 * @param calls that were run in it
 */
export function sharesOf({ nodes, samples = [], timeDeltas = [], startTime }: Profiler.Profile, from: number, to: number, calls: number): Shares {
  const kinds = kindsOf(nodes);
  const shares: Record<string, number> = {};
  let at = startTime;
  for (const [index, id] of samples.entries()) {
    // A sample stands for the time up to the next one.
    at += timeDeltas[index] ?? 0;
    const lasts = timeDeltas[index + 1] ?? 0;
    const kind = kinds.get(id) ?? 'other';
    if (at < from || at > to || kind === 'waiting') continue;
    shares[kind] = (shares[kind] ?? 0) + lasts / 1000 / calls;
  }
  return shares;
}

/** Several threads as one. */
export function sum(all: readonly Shares[]): Shares {
  const total: Record<string, number> = {};
  for (const shares of all) for (const [kind, time] of Object.entries(shares)) total[kind] = (total[kind] ?? 0) + time;
  return total;
}

function kindsOf(nodes: readonly Node[]): Map<number, string> {
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node] as const)));
  return new Map(nodes.map((node) => [node.id, kindOf(node, parents)]));
}

function kindOf(node: Node, parents: ReadonlyMap<number, Node>): string {
  const { functionName } = node.callFrame;
  if (IDLE.includes(functionName)) return 'waiting';
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (functionName === '(program)') return 'native';
  for (let each: Node | undefined = node; each !== undefined; each = parents.get(each.id)) {
    const kind = KINDS.find(([, where]) => where.test(each?.callFrame.url ?? ''))?.[0];
    // Only the wait itself is none: what is parsed below it is work.
    if (kind === 'waiting' && each !== node && node.callFrame.functionName !== 'wait') continue;
    if (kind !== undefined) return kind;
  }
  return 'other';
}
