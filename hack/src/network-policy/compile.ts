import { createHash } from 'node:crypto';
import { ruleMatches } from './peer-matches.ts';
import type { NetworkPolicy, PodView, World } from './policy-types.ts';
import { matches } from './selector.ts';

type Direction = 'Ingress' | 'Egress';

/** Where the rules go and which addresses belong to pods. */
export interface CompileTarget {
  readonly table: string;
  readonly podRange: string;
}

function policyTypes(policy: NetworkPolicy): readonly string[] {
  // The default of NetworkPolicySpec.policyTypes when it is left out.
  return policy.spec.policyTypes ?? (policy.spec.egress ? ['Ingress', 'Egress'] : ['Ingress']);
}

function selects(policy: NetworkPolicy, pod: PodView, direction: Direction): boolean {
  return policy.metadata.namespace === pod.namespace && policyTypes(policy).includes(direction) && matches(policy.spec.podSelector ?? {}, pod.labels);
}

function allowedMatches(policy: NetworkPolicy, pod: PodView, direction: Direction, world: World): string[] {
  const { namespace } = policy.metadata;
  if (direction === 'Ingress') {
    return (policy.spec.ingress ?? []).flatMap(({ from, ports }) => ruleMatches('saddr', { peers: from, ports }, namespace, pod, world));
  }
  return (policy.spec.egress ?? []).flatMap(({ to, ports }) => ruleMatches('daddr', { peers: to, ports }, namespace, pod, world));
}

/** Chains by content: pods with the same rules share one. */
class Chains {
  readonly bodies = new Map<string, string>();

  add(lines: readonly string[]): string {
    const body = [...lines.map((line) => `    ${line}return`), '    drop'].join('\n');
    const name = `rules_${createHash('sha256').update(body).digest('hex').slice(0, 16)}`;
    this.bodies.set(name, body);
    return name;
  }
}

function isolation(direction: Direction, world: World, chains: Chains): string[] {
  return world.pods.flatMap((pod) => {
    const policies = world.policies.filter((policy) => selects(policy, pod, direction));
    if (policies.length === 0) return [];
    const lines = new Set(policies.flatMap((policy) => allowedMatches(policy, pod, direction, world)));
    const chain = chains.add([...lines].sort());
    return pod.addresses.map((address) => `${address} : goto ${chain}`);
  });
}

function elements(list: readonly string[]): string {
  return list.length === 0 ? '' : ` elements = { ${[...list].sort().join(', ')} };`;
}

/**
 * Compiles all policies to one nftables script that replaces the table in one transaction.
 * Kubernetes semantics (networking.k8s.io/v1): a pod that no policy selects is open in that direction, policies
 * add up, answers of an allowed connection pass, a pod can always reach itself, the node can reach its pods.
 * Packets are judged after the destination of a Service was replaced. An address of the pod range that belongs
 * to no known pod is dropped, so that a pod cannot talk before its rules are there.
 */
export function compile(world: World, target: CompileTarget): string {
  const chains = new Chains();
  const ingress = isolation('Ingress', world, chains);
  const egress = isolation('Egress', world, chains);
  const known = [...new Set(world.pods.flatMap((pod) => pod.addresses))];
  const bodies = [...chains.bodies].sort().map(([name, body]) => `  chain ${name} {\n${body}\n  }`);
  return `table ip ${target.table} {}
delete table ip ${target.table}
table ip ${target.table} {
  set known { type ipv4_addr;${elements(known)} }
  set self { type ipv4_addr . ipv4_addr;${elements(known.map((address) => `${address} . ${address}`))} }
${bodies.join('\n')}
  map isolated_in { type ipv4_addr : verdict;${elements(ingress)} }
  map isolated_out { type ipv4_addr : verdict;${elements(egress)} }
  chain from_pod {
    ip saddr != @known drop
    ip saddr vmap @isolated_out
  }
  chain to_pod {
    ip daddr != @known drop
    ip daddr vmap @isolated_in
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    ct state established,related accept
    ip saddr . ip daddr @self accept
    ip saddr ${target.podRange} jump from_pod
    ip daddr ${target.podRange} jump to_pod
  }
  chain input {
    type filter hook input priority filter; policy accept;
    ct state established,related accept
    ip saddr ${target.podRange} jump from_pod
  }
}
`;
}
