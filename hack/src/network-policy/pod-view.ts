import { z } from 'zod';
import type { PodView } from './policy-types.ts';

/** A pod as the API serves it, as far as it is used here. */
export interface ApiPod {
  readonly metadata: { readonly namespace: string; readonly name: string; readonly uid: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly hostNetwork?: boolean;
    readonly containers: readonly { readonly ports?: PodView['ports'] }[];
    readonly initContainers?: readonly { readonly ports?: PodView['ports'] }[];
  };
  readonly status?: { readonly phase?: string; readonly podIPs?: readonly { readonly ip: string }[] };
}

/** What the CNI plugin `policy-gate` says about a new pod. */
export const announcementShape = z.object({
  namespace: z.string().min(1),
  name: z.string().min(1),
  uid: z.string().min(1),
  addresses: z.array(z.ipv4()).min(1),
});
export type Announcement = z.infer<typeof announcementShape>;

/** Pods of the cluster with the addresses that the API or the CNI plugin told. */
export class PodBook {
  private readonly pods = new Map<string, ApiPod>();
  /** Address to the uid of the pod that got it last: an address is given away again after a pod has ended. */
  private readonly owners = new Map<string, string>();

  reset(pods: readonly ApiPod[]): void {
    this.pods.clear();
    for (const pod of pods) this.pods.set(pod.metadata.uid, pod);
    // The list is a consistent read: an announced pod that is not in it has gone.
    for (const [address, uid] of this.owners) if (!this.pods.has(uid)) this.owners.delete(address);
  }

  set(pod: ApiPod): void {
    this.pods.set(pod.metadata.uid, pod);
  }

  remove(pod: ApiPod): void {
    this.pods.delete(pod.metadata.uid);
    for (const [address, uid] of this.owners) if (uid === pod.metadata.uid) this.owners.delete(address);
  }

  has(uid: string): boolean {
    return this.pods.has(uid);
  }

  announce(announcement: Announcement): void {
    for (const address of announcement.addresses) this.owners.set(address, announcement.uid);
  }

  /** The pods that hold an address at the moment. */
  views(): PodView[] {
    const announced = Map.groupBy(this.owners.keys(), (address) => this.owners.get(address));
    return [...this.pods.values()].flatMap((pod) => {
      const ended = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
      if (ended || pod.spec.hostNetwork) return [];
      const { namespace, name, uid, labels = {} } = pod.metadata;
      const told = (pod.status?.podIPs ?? []).map(({ ip }) => ip).filter((ip) => !ip.includes(':'));
      const own = told.filter((address) => (this.owners.get(address) ?? uid) === uid);
      const addresses = [...new Set([...own, ...(announced.get(uid) ?? [])])];
      const ports = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].flatMap((container) => container.ports ?? []);
      return addresses.length === 0 ? [] : [{ namespace, name, labels, addresses, ports }];
    });
  }
}
