import type { PeerLook } from './look-at-peers.ts';

/** Two peers that follow the same channel are never quite at the same block. */
const TOGETHER_BLOCKS = 5;

/**
 * The first of the peers that are as far as any: one that is being rebuilt must not hide what another one knows. While none
 * has the channel, the first of all, which begins with it.
 */
export function furthestPeer(looks: readonly PeerLook[]): PeerLook | undefined {
  const most = Math.max(...looks.map(({ height }) => height ?? -1));
  return looks.find(({ height }) => height !== undefined && height >= most - TOGETHER_BLOCKS) ?? looks[0];
}
