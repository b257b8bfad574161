import type { IncomingMessage, ServerResponse } from 'node:http';
import { capabilityHeader, decodeCapability, verifyCapability } from '@collabnet/capability';
import type { PeerCertificate } from '@collabnet/capability';
import { StoreError } from './errors.ts';
import { sendResult } from './get-handler.ts';
import type { ResultId } from './result-id.ts';
import type { StoreContext } from './store-context.ts';

/**
 * `GET /v1/results/<flow>/<step>/<output>` with a capability: the courier of a later step reads what its institution
 * received. The capability holds until it expires, so that a read that broke off can be repeated.
 */
export async function fetchForStep(context: StoreContext, peer: PeerCertificate, id: ResultId, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const capability = verifyCapability(decodeCapability(request.headers[capabilityHeader]), {
    action: 'fetch', issuers: context.config.current.issuers, certificateSha256: peer.fingerprint, now: context.now(),
  });
  const { flow = capability.flowId, step, output } = capability.source;
  const named = { flowId: flow, step, output };
  for (const field of ['flowId', 'step', 'output'] as const) {
    if (named[field] !== id[field]) throw new StoreError('CAPABILITY_SCOPE', `Capability: is for ${field} ${named[field]}.`, { field });
  }
  const opened = await context.files.read(id);
  try {
    if (opened?.metadata.networkId !== capability.networkId) {
      throw new StoreError('NOT_FOUND', `No result ${id.step}/${id.output}: it was removed, or kept for a shorter time than the flow takes; run the task again with another runID.`);
    }
    await sendResult(context, peer.commonName, id, opened, response);
  } finally {
    await opened?.close();
  }
}
