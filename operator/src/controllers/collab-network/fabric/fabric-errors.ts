import { FabricNetworkError } from '@collabnet/fabric-network';
import { StalledError, WaitError } from '../../../runtime/index.ts';

const RETRY_MS = 2_000;

/**
 * Turns a failure of Fabric into one of the runtime's kinds of error. What a node refuses is tried again: a node that has
 * just started refuses what it will do once it knows the others.
 *
 * @param what the act that failed, for the message, such as `joining orderer 0`
 */
export function asFabricWait(error: unknown, what: string): unknown {
  if (!(error instanceof FabricNetworkError)) return error;
  if (error.code === 'UNAVAILABLE') return new WaitError('FabricNodeUnavailable', `${what}: a node does not answer yet: ${error.message}`, RETRY_MS, { cause: error });
  if (error.code === 'REFUSED') return new WaitError('FabricNodeRefused', `${what}: ${error.message}`, RETRY_MS, { cause: error });
  return new StalledError('FabricInvalid', `${what}: ${error.message}`, { cause: error });
}

/** Runs an act against a node. @throws WaitError, StalledError */
export async function onFabric<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asFabricWait(error, what);
  }
}

/** Does what others can go on without: that it has to wait is told of, and hinders nothing. @throws StalledError */
export async function asProblem(fabric: { readonly problems: WaitError[] }, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof WaitError)) throw error;
    fabric.problems.push(error);
  }
}
