import { WaitError } from '../../../runtime/index.ts';
import { ordererAdmin } from './fabric-clients.ts';
import { onFabric } from './fabric-errors.ts';
import type { FabricRun } from './fabric-run.ts';
import { nodeName, type NodeKey } from './node-plan.ts';
import type { OrdererView } from './orderer-set.ts';

/** What an own orderer says of the channel. */
export interface OrdererLook {
  readonly key: NodeKey;
  readonly state: OrdererView['state'];
  /** Why it is away. */
  readonly hindrance?: WaitError;
}

/** Asks all own orderers at once: one that hangs must not take the time of the others. @throws StalledError */
export function lookAtOrderers(fabric: FabricRun): Promise<OrdererLook[]> {
  return Promise.all(
    fabric.orderers.map(async (key) => {
      try {
        return { key, state: (await onFabric(`looking at ${nodeName(key)}`, () => ordererAdmin(fabric, key).channel(fabric.channel))) ?? 'absent' };
      } catch (error) {
        if (!(error instanceof WaitError)) throw error;
        return { key, state: 'away' as const, hindrance: error };
      }
    }),
  );
}
