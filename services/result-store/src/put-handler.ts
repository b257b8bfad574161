import type { IncomingMessage, ServerResponse } from 'node:http';
import { capabilityHeader, decodeCapability, verifyCapability } from '@collabnet/capability';
import type { PeerCertificate } from '@collabnet/capability';
import { taskFields } from '@collabnet/telemetry';
import { StoreError } from './errors.ts';
import type { ResultId } from './result-id.ts';
import type { StoreContext } from './store-context.ts';

/**
 * `PUT /v1/results/<flow>/<step>/<output>`: 201 with the metadata when stored, 200 when the same content was there. The
 * capability is spent by storing, so that a courier whose upload broke off may try again with it.
 */
export async function handlePut(context: StoreContext, peer: PeerCertificate, id: ResultId, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const capability = verifyCapability(decodeCapability(request.headers[capabilityHeader]), {
    action: 'deliver', issuers: context.config.current.issuers, certificateSha256: peer.fingerprint, now: context.now(),
  });
  for (const field of ['flowId', 'step', 'output'] as const) {
    if (capability[field] !== id[field]) throw new StoreError('CAPABILITY_SCOPE', `Capability: is for ${field} ${capability[field]}.`, { field });
  }
  const spent = context.log.isSpent(capability.id);
  const length = Number(request.headers['content-length'] ?? 0);
  if (capability.maxBytes !== undefined && length > capability.maxBytes) {
    throw new StoreError('RESULT_TOO_LARGE', `The result is larger than the ${capability.maxBytes} bytes allowed.`, { field: 'maxBytes' });
  }
  const { metadata, created } = await context.files.put(id, body(request), {
    networkId: capability.networkId,
    attempt: capability.attempt,
    contentType: request.headers['content-type']?.slice(0, 200) ?? 'application/octet-stream',
    maxBytes: capability.maxBytes,
    beforeCommit: () => {
      if (spent) throw new StoreError('CAPABILITY_REUSED', 'Capability: a result was stored with it before; ask for a new one.', { field: 'id' });
    },
  });
  // After the result is there: a crash in between must not leave a spent capability and no result.
  if (created) context.log.spend(capability.id, capability.expires);
  context.log.record({ action: 'Put', who: peer.commonName, ...id, bytes: metadata.bytes, outcome: 'Complete' });
  context.metrics.received.inc(created ? metadata.bytes : 0);
  context.metrics.requests.inc({ action: 'Put', outcome: 'Complete' });
  context.logger.info({ ...taskFields({ ...id, attempt: metadata.attempt }), output: id.output, bytes: metadata.bytes, created }, 'result stored');
  response.writeHead(created ? 201 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(metadata));
}

/** A request body that was cut off ends in an error rather than early. */
async function* body(request: IncomingMessage): AsyncGenerator<Buffer> {
  for await (const chunk of request) yield chunk as Buffer;
  if (!request.complete) throw new StoreError('UPLOAD_ABORTED', 'The upload ended before it was complete; nothing was stored.');
}
