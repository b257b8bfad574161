import { digestOf } from '@collabnet/envelope';
import { keys } from '../state/keys.ts';
import type { WorldState } from '../state/world-state.ts';
import type { BlockInfo, ContractEvent } from './context.ts';
import { ContractError } from './contract-error.ts';
import type { ContractsRelease } from './release.ts';
import { load, loadOrThrow, save } from './store.ts';
import { isOlderVersion } from './version-order.ts';

/** When the records were brought to a version, under the key of that version. */
export interface UpgradeRecord {
  schema: 'collabnet.dev/upgrade/v1';
  rules: string;
  version: string;
  /** Version that was in force before. */
  from: string;
  height: number;
  time: number;
}

/** What names the one upgrade of a network to a version, as the digest names a transaction. */
export function upgradeDigest(networkId: string, version: string): string {
  return digestOf({ upgrade: version, network: networkId });
}

/** Version of the contracts that the records are of; undefined where no network was founded. */
export function contractsInForce(state: Pick<WorldState, 'get'>): string | undefined {
  return load<{ rules: string }>(state, keys.network)?.rules;
}

/**
 * Brings the records to a release, once: repeated, it writes nothing. It needs no signature, since it carries no decision:
 * that was to put the version into force.
 *
 * @returns what to tell; nothing where the records are of this version already
 * @throws ContractError CONFLICT for a version below the one in force, NOT_FOUND without a network
 */
export function upgrade(state: WorldState, block: BlockInfo, release: ContractsRelease): ContractEvent[] {
  const { version, migrations } = release;
  const { rules: from } = loadOrThrow<{ rules: string }>(state, keys.network, 'network', 'network');
  if (from === version) return [];
  if (!isOlderVersion(from, version)) {
    throw new ContractError('CONFLICT', `contracts: version ${from} is in force, ${version} is not after it; go back by a new version that has the old rules`, { field: 'contracts' });
  }
  for (const { to, run } of migrations) if (isOlderVersion(from, to) && !isOlderVersion(version, to)) run(state);
  save(state, keys.network, { ...load<object>(state, keys.network), rules: version });
  const record: UpgradeRecord = { schema: 'collabnet.dev/upgrade/v1', rules: version, version, from, height: block.height, time: block.time };
  save(state, keys.upgrade(version), record);
  return [{ type: 'contracts.upgraded', subject: version, data: { from } }];
}
