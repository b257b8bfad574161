import { Agent, request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { needsRenewal, parseProblem, type Problem } from '@collabnet/capability';
import { z } from 'zod';
import type { InstitutionAuthority } from '../../institution/institution-authority.ts';

/** Common name by which a proxy knows the institution's operator. */
const OPERATOR_NAME = 'operator';
const REVISION_HEADER = 'collabnet-config-revision';
const CERTIFICATE_SECONDS = 3600;
const MAX_ANSWER_BYTES = 1024 * 1024;

const profileSchema = z.object({
  assetId: z.string(),
  stamp: z.string(),
  columnsFound: z.array(z.string()),
  rows: z.int().min(0),
  fingerprint: z.string().optional(),
  problems: z.array(z.object({ code: z.string(), message: z.string(), line: z.int().optional(), column: z.string().optional() })),
});

/** What a data proxy found in the source of an asset. */
export type AssetProfile = z.infer<typeof profileSchema>;

/** An answer, and the revision of the configuration under which it was given. */
interface Answer {
  revision: string | undefined;
  value: unknown;
}

/** A refusal by the proxy, or no answer at all (`UNREACHABLE`). */
export class ProxyRequestError extends Error {
  override readonly name = 'ProxyRequestError';
  readonly code: string;
  readonly revision: string | undefined;

  constructor(code: string, message: string, options: ErrorOptions & { revision?: string | undefined } = {}) {
    super(message, options);
    this.code = code;
    this.revision = options.revision;
  }
}

/** Asks data proxies over mTLS, as the operator of their institution. */
export class ProxyClient {
  readonly #authority: Pick<InstitutionAuthority, 'clientCertificate'>;
  #certificate: { agent: Agent; pem: string } | undefined;

  constructor(authority: Pick<InstitutionAuthority, 'clientCertificate'>) {
    this.#authority = authority;
  }

  /**
   * Profile of an asset; reads the source once unless the proxy knows it unchanged.
   *
   * @param salt base64url, see assetSalt
   * @throws ProxyRequestError
   */
  async profile(baseUrl: string, asset: { networkId: string; assetId: string; salt: string }, signal: AbortSignal): Promise<{ revision: string | undefined; profile: AssetProfile }> {
    const query = new URLSearchParams({ network: asset.networkId, asset: asset.assetId });
    const { revision, value } = await this.#get(`${baseUrl}/v1/profile?${query.toString()}`, { 'collabnet-salt': asset.salt }, signal);
    const parsed = profileSchema.safeParse(value);
    if (parsed.success) return { revision, profile: parsed.data };
    throw new ProxyRequestError('ANSWER_MALFORMED', `the data proxy answered with something else than a profile: ${parsed.error.issues[0]?.path.join('.') ?? ''}`);
  }

  async #get(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<Answer> {
    const agent = await this.#agent();
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request(url, { agent, headers, signal }, resolve).on('error', reject).end();
    }).catch((cause: unknown) => {
      throw new ProxyRequestError('UNREACHABLE', `no answer from the data proxy: ${cause instanceof Error ? cause.message : 'unknown failure'}`, { cause });
    });
    const text = await body(response);
    const header = response.headers[REVISION_HEADER];
    const revision = typeof header === 'string' ? header : undefined;
    if (response.statusCode === 200) return { revision, value: JSON.parse(text) as unknown };
    const problem: Problem | undefined = parseProblem(response.headers['content-type'], text);
    throw new ProxyRequestError(problem?.code ?? 'REFUSED', problem?.detail ?? problem?.title ?? `the data proxy answered with status ${String(response.statusCode)}`, { revision });
  }

  async #agent(): Promise<Agent> {
    if (this.#certificate === undefined || needsRenewal(this.#certificate.pem, 2 / 3)) {
      const issued = await this.#authority.clientCertificate(OPERATOR_NAME, CERTIFICATE_SECONDS);
      const agent = new Agent({ cert: issued.certificatePem, key: issued.privateKeyPem, ca: issued.caPem, minVersion: 'TLSv1.3' });
      this.#certificate = { agent, pem: issued.certificatePem };
    }
    return this.#certificate.agent;
  }
}

async function body(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MAX_ANSWER_BYTES) throw new ProxyRequestError('ANSWER_MALFORMED', 'the data proxy answered with more than 1 MiB');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
