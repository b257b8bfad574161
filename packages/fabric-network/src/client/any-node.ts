import { FabricNetworkError } from '../errors.ts';
import type { NodeAddress } from './grpc.ts';

/**
 * Asks nodes one after another until one answers. An orderer without a leader answers nothing, while the next may have one.
 *
 * @throws FabricNetworkError REFUSED as soon as one says no, for the others would; UNAVAILABLE when none answered
 */
export async function anyNode<T>(nodes: readonly NodeAddress[], work: (node: NodeAddress) => Promise<T>): Promise<T> {
  const reasons: string[] = [];
  for (const node of nodes) {
    try {
      return await work(node);
    } catch (error) {
      if (!(error instanceof FabricNetworkError) || error.code !== 'UNAVAILABLE') throw error;
      reasons.push(error.message);
    }
  }
  throw new FabricNetworkError('UNAVAILABLE', nodes.length === 0 ? 'nodes: none is known.' : `none of ${nodes.length} nodes answered: ${reasons.join('; ')}`);
}
