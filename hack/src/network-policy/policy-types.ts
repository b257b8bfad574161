/** The parts of the Kubernetes objects that network policy depends on, as the API serves them. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[];
}

export interface PolicyPort {
  readonly protocol?: string;
  /** Number or the name of a container port. */
  readonly port?: number | string;
  readonly endPort?: number;
}

export interface PolicyPeer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

export interface NetworkPolicy {
  readonly metadata: { readonly namespace: string; readonly name: string; readonly uid: string };
  readonly spec: {
    readonly podSelector?: LabelSelector;
    readonly policyTypes?: readonly string[];
    readonly ingress?: readonly { readonly from?: readonly PolicyPeer[]; readonly ports?: readonly PolicyPort[] }[];
    readonly egress?: readonly { readonly to?: readonly PolicyPeer[]; readonly ports?: readonly PolicyPort[] }[];
  };
}

export type Labels = Readonly<Record<string, string>>;

/** A pod with an address of its own (not one in the host's network). */
export interface PodView {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  /** IPv4 addresses. */
  readonly addresses: readonly string[];
  readonly ports: readonly { readonly name?: string; readonly containerPort: number; readonly protocol?: string }[];
}

/** Everything that the rules are computed from. */
export interface World {
  readonly pods: readonly PodView[];
  readonly namespaces: ReadonlyMap<string, Labels>;
  readonly policies: readonly NetworkPolicy[];
}
