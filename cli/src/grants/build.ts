import { randomUUID } from 'node:crypto';
import { approvalStatementOf, type DataAsset, type StandingGrant } from '@collabnet/crds';
import { isDid } from '@collabnet/did';
import { approvalPayload, digestOf, newNonce, transactionBytes, type ApprovalStatement, type JsonObject } from '@collabnet/envelope';
import { OPERATORS, standingGrantContent } from '@collabnet/flow';
import { countOption, durationOption, timeOption } from '../base/duration.ts';
import { CliError } from '../base/errors.ts';
import type { Sign } from '../decide/approval.ts';

/** What the options of `grant create` say. */
export interface GrantOptions {
  readonly to: string;
  readonly purpose: string;
  readonly algorithm: readonly string[];
  readonly trustModel: readonly string[];
  readonly wireProfile?: readonly string[] | undefined;
  readonly count?: string | undefined;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  readonly for?: string | undefined;
  readonly task?: string | undefined;
  readonly keyColumns?: readonly string[] | undefined;
  readonly payloadColumns?: readonly string[] | undefined;
  readonly receivers?: readonly string[] | undefined;
  readonly computeParties?: readonly string[] | undefined;
  readonly operators?: readonly string[] | undefined;
  readonly minimumSetSize?: string | undefined;
  readonly id?: string | undefined;
}

export type UnsignedGrant = Omit<StandingGrant, 'approval' | 'revoked'>;

/** The grant the options describe. @throws CliError USAGE naming the option */
export function grantFrom(options: GrantOptions, asset: DataAsset, now: number): UnsignedGrant {
  for (const did of [options.to, ...(options.receivers ?? []), ...(options.computeParties ?? [])]) {
    if (!isDid(did)) throw new CliError('USAGE', `${did}: write a DID such as did:collab:<network>:<subject code>; members: kubectl collabnet network members`);
  }
  const known = asset.spec.columns.map(({ name }) => name);
  const unknown = [...(options.keyColumns ?? []), ...(options.payloadColumns ?? [])].find((name) => !known.includes(name));
  if (unknown !== undefined) throw new CliError('USAGE', `column ${unknown} is not in DataAsset ${asset.metadata.name}; it has ${known.join(', ')}`);
  const hasColumns = options.keyColumns !== undefined || options.payloadColumns !== undefined;
  return {
    id: options.id ?? randomUUID(),
    grantee: options.to,
    purpose: options.purpose,
    algorithms: options.algorithm.map(algorithm),
    trustModels: oneOf('--trust-model', options.trustModel, ['TwoPartySemiHonest', 'MultiPartySemiHonest']),
    ...(options.wireProfile === undefined ? {} : { wireProfiles: oneOf('--wire-profile', options.wireProfile, ['intl', 'gm']) }),
    ...(hasColumns ? { columns: { keys: [...(options.keyColumns ?? [])], payload: [...(options.payloadColumns ?? [])] } } : {}),
    form: form(options, now),
    ...(options.receivers === undefined ? {} : { receivers: [...options.receivers] }),
    ...(options.computeParties === undefined ? {} : { computeParties: [...options.computeParties] }),
    ...(options.operators === undefined ? {} : { operators: oneOf('--operators', options.operators, OPERATORS) }),
    ...(options.minimumSetSize === undefined ? {} : { disclosure: { minimumSetSize: countOption('--minimum-set-size', options.minimumSetSize) } }),
  };
}

function form(options: GrantOptions, now: number): StandingGrant['form'] {
  if (options.until !== undefined && options.for !== undefined) throw new CliError('USAGE', 'give --until or --for, not both');
  const end = options.for === undefined ? options.until && timeOption('--until', options.until) : now + durationOption('--for', options.for);
  const iso = (time: number): string => new Date(time).toISOString();
  const notAfter = typeof end === 'number' ? { notAfter: iso(end) } : {};
  if (typeof end === 'number' && end <= now) throw new CliError('USAGE', '--until lies in the past');
  if (options.count !== undefined) {
    const notBefore = options.from === undefined ? {} : { notBefore: iso(timeOption('--from', options.from)) };
    return { type: 'Count', count: countOption('--count', options.count), ...notBefore, ...notAfter };
  }
  if (typeof end !== 'number') throw new CliError('USAGE', 'say how long or how often: --count N, --for 30d or --until TIME');
  return { type: 'Period', notBefore: iso(options.from === undefined ? now : timeOption('--from', options.from)), ...notAfter };
}

function algorithm(text: string): { name: string; versions: string[] } {
  const [name, version, ...more] = text.split('@');
  if (name === undefined || name === '' || version === undefined || version === '' || more.length > 0) {
    throw new CliError('USAGE', `--algorithm ${text}: write NAME@VERSION, or NAME@* for every approved version`);
  }
  return { name, versions: version.split(',') };
}

function oneOf<T extends string>(option: string, values: readonly string[], allowed: readonly T[]): T[] {
  return values.map((value) => {
    const found = allowed.find((one) => one === value);
    if (found === undefined) throw new CliError('USAGE', `${option} ${value}: use ${allowed.join(' or ')}`);
    return found;
  });
}

/** Signs a grant of an asset: the same statement that an Approval of kind Grant would carry. */
export async function signGrant(
  grant: UnsignedGrant,
  context: { asset: string; network: { id: string; name: string }; signer: { did: string; keyId: string }; reason: string; expires: number },
  sign: Sign,
): Promise<StandingGrant> {
  const content = standingGrantContent(context.asset, grant) as JsonObject;
  const nonce = newNonce();
  const expires = new Date(context.expires).toISOString();
  const statement = approvalStatementOf(context.network.id, {
    networkRef: { name: context.network.name },
    subject: { kind: 'Grant', id: grant.id, digest: digestOf(content) },
    decision: 'Approve',
    reason: context.reason,
    signer: context.signer.did,
    keyID: context.signer.keyId,
    nonce,
    expires,
    signature: '',
    body: content,
  }) as ApprovalStatement;
  const signature = await sign(transactionBytes(approvalPayload(statement)));
  return {
    ...grant,
    approval: { signer: context.signer.did, keyID: context.signer.keyId, nonce, expires, signature, reason: context.reason },
  };
}
