import { attemptSpan } from '@collabnet/telemetry';
import type { ProxyContext } from '../proxy-context.ts';
import type { ReadRecord } from './read-log.ts';

/**
 * Puts a read into the trace of its task: how long it took and how it ended. Neither rows nor bytes, which the ledger
 * only has commitments to.
 *
 * @param failure code of the refusal or cut; absent when it was complete
 */
export function traceRead(context: ProxyContext, { id, network, flow, step, attempt, asset }: ReadRecord, startedAt: number, failure?: string): void {
  const { tracer, config } = context;
  if (tracer?.enabled !== true) return;
  const party = config.current.networks.find(({ networkId }) => networkId === network)?.did;
  if (party === undefined) return;
  tracer.add({
    flowId: flow,
    key: ['read', id],
    parent: attemptSpan({ party, step, attempt }),
    name: 'data-proxy read',
    start: startedAt,
    end: context.now(),
    failure,
    attributes: {
      'collabnet.party': party,
      'collabnet.step': step,
      'collabnet.attempt': attempt,
      'collabnet.asset': asset,
      ...(failure === undefined ? {} : { 'collabnet.reason': failure }),
    },
  });
}
