import type { ApiReader } from '../lib/api-reader.ts';
import { run } from '../lib/run.ts';
import { compile, type CompileTarget } from './compile.ts';
import { follow, type ApiObject, type FollowHandlers } from './api-follower.ts';
import { PodBook, type Announcement, type ApiPod } from './pod-view.ts';
import type { Labels, NetworkPolicy } from './policy-types.ts';

interface ApiNamespace {
  readonly metadata: { readonly name: string; readonly uid: string; readonly labels?: Labels };
}

export type Report = (line: string) => void;

/** Keeps the nftables table in step with the cluster. */
export class Enforcer {
  private readonly pods = new PodBook();
  private readonly namespaces = new Map<string, ApiNamespace>();
  private readonly policies = new Map<string, NetworkPolicy>();
  private readonly unsynced = new Set(['pods', 'namespaces', 'policies']);
  private readonly api: ApiReader;
  private readonly target: CompileTarget;
  private readonly report: Report;
  private applied = '';
  private queue: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private readonly synced = Promise.withResolvers<void>();

  constructor(api: ApiReader, target: CompileTarget, report: Report) {
    this.api = api;
    this.target = target;
    this.report = report;
  }

  /** Follows pods, namespaces and policies for ever. */
  async run(): Promise<void> {
    await Promise.all([
      follow<ApiPod>(this.api, '/api/v1/pods', {
        ...this.common('pods'),
        reset: (items) => this.changed('pods', () => this.pods.reset(items)),
        set: (item) => this.changed('pods', () => this.pods.set(item)),
        remove: (item) => this.changed('pods', () => this.pods.remove(item)),
      }),
      this.followMap('namespaces', '/api/v1/namespaces', this.namespaces),
      this.followMap('policies', '/apis/networking.k8s.io/v1/networkpolicies', this.policies),
    ]);
  }

  /** Takes in a pod that is being started; resolves when its rules are in the kernel. */
  async announce(announcement: Announcement): Promise<void> {
    await this.synced.promise;
    const { namespace, name, uid } = announcement;
    if (!this.pods.has(uid)) {
      const pod = await this.api.get<ApiPod>(`/api/v1/namespaces/${namespace}/pods/${name}`);
      if (pod.metadata.uid !== uid) throw new Error(`pod ${namespace}/${name} has uid ${pod.metadata.uid}, not ${uid}`);
      this.pods.set(pod);
    }
    this.pods.announce(announcement);
    await this.apply();
  }

  private common(what: string): Pick<FollowHandlers<never>, 'lost'> {
    return { lost: (error) => this.report(`connection for ${what} lost: ${String(error)}`) };
  }

  private followMap<T extends ApiObject>(what: string, path: string, map: Map<string, T>): Promise<never> {
    return follow<T>(this.api, path, {
      ...this.common(what),
      reset: (items) =>
        this.changed(what, () => {
          map.clear();
          for (const item of items) map.set(item.metadata.uid, item);
        }),
      set: (item) => this.changed(what, () => map.set(item.metadata.uid, item)),
      remove: (item) => this.changed(what, () => map.delete(item.metadata.uid)),
    });
  }

  private changed(what: string, change: () => void): void {
    change();
    if (this.unsynced.delete(what) && this.unsynced.size === 0) this.synced.resolve();
    if (this.unsynced.size > 0) return;
    // Changes come in bursts; one transaction for those of 30 ms.
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.apply().catch((error: unknown) => this.report(`rules were not replaced: ${String(error)}`));
    }, 30);
  }

  /** Replaces the table; calls run one after another, and each sees the newest state. */
  private apply(): Promise<void> {
    const next = this.queue.then(async () => {
      const namespaces = new Map([...this.namespaces.values()].map(({ metadata }) => [metadata.name, metadata.labels ?? {}]));
      const script = compile({ pods: this.pods.views(), namespaces, policies: [...this.policies.values()] }, this.target);
      if (script === this.applied) return;
      await run('nft', ['-f', '-'], { input: script });
      this.applied = script;
    });
    this.queue = next.catch(() => undefined);
    return next;
  }
}
