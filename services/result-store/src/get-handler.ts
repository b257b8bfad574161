import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { StoreError } from './errors.ts';
import type { ResultId } from './result-id.ts';
import type { ResultFiles, ResultMetadata } from './result-files.ts';
import type { StoreContext } from './store-context.ts';

type Opened = NonNullable<Awaited<ReturnType<ResultFiles['read']>>>;

/** Streams a result that the caller may have; a damaged one is cut at the chunk that does not hold. */
export async function sendResult(context: StoreContext, who: string, id: ResultId, opened: Opened, response: ServerResponse): Promise<void> {
  let sent = 0;
  let outcome = 'Complete';
  try {
    response.writeHead(200, { ...metadataHeaders(opened.metadata), 'cache-control': 'no-store' });
    for await (const chunk of opened.chunks()) {
      if (response.destroyed) throw aborted();
      const taken = response.write(chunk);
      sent += chunk.length;
      if (!taken) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    }
    if (response.destroyed) throw aborted();
    response.end();
  } catch (error) {
    outcome = error instanceof StoreError ? error.code : 'INTERNAL';
    response.destroy();
    throw error;
  } finally {
    context.log.record({ action: 'Get', who, ...id, bytes: sent, outcome });
    context.metrics.sent.inc(sent);
    context.metrics.requests.inc({ action: 'Get', outcome });
  }
}

/** What HEAD and GET tell of a result. */
export function metadataHeaders(metadata: ResultMetadata): Record<string, string | number> {
  return {
    'content-type': metadata.contentType,
    'content-length': metadata.bytes,
    'collabnet-digest': `sm3:${metadata.digest}`,
    'collabnet-attempt': metadata.attempt,
    'last-modified': new Date(metadata.storedAt).toUTCString(),
  };
}

function aborted(): StoreError {
  return new StoreError('CLIENT_ABORTED', 'The reader closed the connection before the end.');
}
