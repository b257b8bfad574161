import type { PodView, PolicyPeer, PolicyPort, World } from './policy-types.ts';
import { matches } from './selector.ts';

/** Which end of a packet the peer is: the source of incoming, the destination of outgoing traffic. */
export type PeerField = 'saddr' | 'daddr';

/** The other end of a rule: pods by selector, blocks of addresses, or everyone. */
interface Peers {
  readonly any: boolean;
  readonly pods: readonly PodView[];
  readonly blocks: readonly NonNullable<PolicyPeer['ipBlock']>[];
}

function selectedPods(peer: PolicyPeer, policyNamespace: string, world: World): PodView[] {
  if (!peer.podSelector && !peer.namespaceSelector) return [];
  return world.pods.filter((pod) => {
    const inNamespace = peer.namespaceSelector
      ? matches(peer.namespaceSelector, world.namespaces.get(pod.namespace) ?? {})
      : pod.namespace === policyNamespace;
    return inNamespace && matches(peer.podSelector ?? {}, pod.labels);
  });
}

function resolvePeers(peers: readonly PolicyPeer[] | undefined, policyNamespace: string, world: World): Peers {
  // An absent or empty list means everyone (NetworkPolicyIngressRule.from, NetworkPolicyEgressRule.to).
  if (!peers || peers.length === 0) return { any: true, pods: world.pods, blocks: [] };
  const pods = new Set(peers.flatMap((peer) => selectedPods(peer, policyNamespace, world)));
  return { any: false, pods: [...pods], blocks: peers.flatMap((peer) => (peer.ipBlock ? [peer.ipBlock] : [])) };
}

function addressSet(field: PeerField, pods: readonly PodView[]): string[] {
  const addresses = [...new Set(pods.flatMap((pod) => pod.addresses))].sort();
  return addresses.length === 0 ? [] : [`ip ${field} { ${addresses.join(', ')} } `];
}

function peerExpressions(field: PeerField, peers: Peers): string[] {
  if (peers.any) return [''];
  const blocks = peers.blocks.map(({ cidr, except = [] }) => {
    const exception = except.length > 0 ? `ip ${field} != { ${[...except].sort().join(', ')} } ` : '';
    return `ip ${field} ${cidr} ${exception}`;
  });
  return [...addressSet(field, peers.pods), ...blocks];
}

function portExpression(protocol: string, port: number | undefined, endPort?: number): string {
  if (port === undefined) return `meta l4proto ${protocol} `;
  return `${protocol} dport ${endPort === undefined ? port : `${port}-${endPort}`} `;
}

function namedPort(pod: PodView, name: string, protocol: string): number | undefined {
  return pod.ports.find((port) => port.name === name && (port.protocol ?? 'TCP').toLowerCase() === protocol)?.containerPort;
}

/** A named port of an outgoing rule means another number at every peer, so the peers are grouped by it. */
function namedEgress(peers: Peers, name: string, protocol: string): string[] {
  const byNumber = Map.groupBy(peers.pods, (pod) => namedPort(pod, name, protocol));
  return [...byNumber].flatMap(([number, pods]) =>
    number === undefined ? [] : addressSet('daddr', pods).map((expression) => expression + portExpression(protocol, number)),
  );
}

/**
 * The match parts of nftables rules for one rule of a policy; a packet that satisfies any of them is allowed.
 * A named port of an incoming rule is looked up at `target`; one of an outgoing rule at the peer pods
 * (an `ipBlock` with a named port therefore matches nothing).
 */
export function ruleMatches(
  field: PeerField,
  rule: { readonly peers?: readonly PolicyPeer[]; readonly ports?: readonly PolicyPort[] },
  policyNamespace: string,
  target: PodView,
  world: World,
): string[] {
  const peers = resolvePeers(rule.peers, policyNamespace, world);
  const expressions = peerExpressions(field, peers);
  if (!rule.ports || rule.ports.length === 0) return expressions;
  return rule.ports.flatMap(({ protocol: given = 'TCP', port, endPort }) => {
    const protocol = given.toLowerCase();
    if (typeof port !== 'string') return expressions.map((expression) => expression + portExpression(protocol, port, endPort));
    if (field === 'daddr') return namedEgress(peers, port, protocol);
    const number = namedPort(target, port, protocol);
    return number === undefined ? [] : expressions.map((expression) => expression + portExpression(protocol, number));
  });
}
