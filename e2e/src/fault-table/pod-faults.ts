import { cutTraffic, restoreTraffic, slowTraffic, type ContainerCgroup, type DemoInstitution } from '@collabnet/hack';
import type { Fault } from './cell.ts';
import { containers, forget, type RunningPod } from './pods.ts';

/** How long a frozen, cut off or slowed part stays so. Below the 45 s after which a peer counts as silent. */
export const HOLD_MS = 30_000;
/** A hundredth of one processor. */
export const SLOW_SHARE = 0.01;
/** About a hundredth of what two pods of one node exchange in a second. */
const SLOW_KILOBYTES = 200;

/** Ends all processes of a pod at once and lets its controller make another. */
export function killPod(institution: DemoInstitution, pod: RunningPod): Fault {
  return {
    holdMs: 0,
    async begin() {
      const all = containers(pod);
      await forget(institution, pod);
      for (const one of all) one.kill();
    },
    end: () => Promise.resolve(),
  };
}

/** Ends the processes of one container; the kubelet decides what comes after. */
export function killContainers(cgroups: readonly ContainerCgroup[]): Fault {
  return {
    holdMs: 0,
    begin: () => Promise.resolve(cgroups.forEach((one) => one.kill())),
    end: () => Promise.resolve(),
  };
}

export function freezeContainers(cgroups: readonly ContainerCgroup[]): Fault {
  return {
    holdMs: HOLD_MS,
    async begin() {
      for (const one of cgroups) await one.freeze();
    },
    end: () => Promise.resolve(cgroups.forEach((one) => one.thaw())),
  };
}

export function slowContainers(cgroups: readonly ContainerCgroup[]): Fault {
  return {
    holdMs: HOLD_MS,
    begin: () => Promise.resolve(cgroups.forEach((one) => one.throttle(SLOW_SHARE))),
    end: () => Promise.resolve(cgroups.forEach((one) => one.unthrottle())),
  };
}

/** All packets of these kinds are lost. */
export function cut(matches: readonly string[]): Fault {
  return { holdMs: HOLD_MS, begin: () => cutTraffic(matches), end: restoreTraffic };
}

export function slow(matches: readonly string[]): Fault {
  return { holdMs: HOLD_MS, begin: () => slowTraffic(matches, SLOW_KILOBYTES), end: restoreTraffic };
}

/** Everything from and to a pod. */
export function trafficOf({ status }: { status: { podIP: string } }): string[] {
  return [`ip saddr ${status.podIP}`, `ip daddr ${status.podIP}`];
}
