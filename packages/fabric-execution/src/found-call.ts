import { ContractError, CURRENT_RELEASE, keys, networkIdOf, OverlayState, type GenesisPayload } from '@collabnet/contracts';
import { canonicalJson } from '@collabnet/envelope';
import { sm2Verify } from '@collabnet/sm';
import { FabricExecutionError } from './errors.ts';
import { newMembers, partyChanges, type KeyPolicy, type NetworkRecord } from './party-keys.ts';
import { StampedState } from './stamped-state.ts';
import type { StateReader } from './state-reader.ts';
import { stampedWrites, type StampedWrite } from './stamped-writes.ts';

/** The founder's signature covers the payload; the digest of the payload is the network's id. */
export interface FabricGenesis {
  readonly payload: GenesisPayload;
  readonly signature: string;
}

/** What founding a network wrote; height 0, the time is that of the genesis. */
export interface Founding {
  readonly networkId: string;
  readonly time: number;
  readonly writes: StampedWrite[];
  /** Of party keys that are among the writes. */
  readonly policies: readonly KeyPolicy[];
}

/**
 * Puts the genesis on a channel that holds no network.
 *
 * @throws FabricExecutionError GENESIS_INVALID, ALREADY_FOUNDED (the same network may be founded again: nothing is written)
 */
export function foundNetwork(reader: StateReader, { payload, signature }: FabricGenesis, release = CURRENT_RELEASE): Founding {
  const base = new StampedState(reader);
  const overlay = new OverlayState(base);
  const networkId = verifyGenesis({ payload, signature });
  const known = overlay.get(keys.network) as { networkId: string } | undefined;
  if (known !== undefined) {
    if (known.networkId === networkId) return { networkId, time: payload.createdAt, writes: [], policies: [] };
    throw new FabricExecutionError('ALREADY_FOUNDED', `this channel holds network ${known.networkId}; give each network a channel of its own`);
  }
  try {
    release.genesis(overlay, payload);
  } catch (error) {
    if (error instanceof ContractError) throw new FabricExecutionError('GENESIS_INVALID', error.message);
    throw error;
  }
  const admitted = newMembers(base, overlay.writes().map(({ key }) => key), release.version);
  const { keys: partyKeys, policies } = partyChanges(overlay.get(keys.network) as unknown as NetworkRecord, [], admitted);
  const stamp = { height: 0, time: payload.createdAt };
  return { networkId, time: stamp.time, writes: stampedWrites(overlay, stamp, partyKeys), policies };
}

/** The id of the network of a genesis that its founder signed, whatever its rules. @throws FabricExecutionError GENESIS_INVALID */
export function verifyGenesis({ payload, signature }: FabricGenesis): string {
  try {
    if (sm2Verify(canonicalJson(payload), signature, payload.founder.signKey)) return networkIdOf(payload);
  } catch {
    // Not even a payload: the same answer.
  }
  throw new FabricExecutionError('GENESIS_INVALID', "genesis: the founder's signature does not hold over this payload");
}
