import { createServer, type Server } from 'node:http';
import { TOKEN_TYPE } from '@collabnet/attestation';
import { simulatedAttestationResult } from '@collabnet/attestation/simulator';

/** RFC 9711 §4.1: 8 to 88 characters. */
const NONCE = /^[A-Za-z0-9_-]{8,88}$/;

/**
 * The attester of a pod without a trusted execution environment: says of nothing what a verifier would say of one. It has the
 * interface that courier and environment share, so that tasks can be tried on any machine.
 */
export function attestationSimulator(): Server {
  return createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const nonce = searchParams.get('nonce') ?? '';
    const refuse = (status: number, detail: string): void => void response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify({ status, detail }));
    if (request.method !== 'GET' || pathname !== '/v1/attestation-result') return refuse(404, 'ask GET /v1/attestation-result?nonce=<nonce>');
    if (!NONCE.test(nonce)) return refuse(400, 'nonce: give 8 to 88 characters of base64url');
    simulatedAttestationResult(nonce).then(
      (token) => response.writeHead(200, { 'content-type': TOKEN_TYPE }).end(token),
      (error: unknown) => refuse(500, String(error)),
    );
  });
}
