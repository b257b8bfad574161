import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OPERATOR_CATALOGUE } from '@collabnet/flow';
import { sm2PublicKeyOf } from '@collabnet/sm';
import { courierJobSchema } from '@collabnet/wire';
import type { CourierInput, CourierJob, CourierOutput } from '@collabnet/wire';
import { CourierError } from '../errors.ts';

/** PEM texts for mTLS to the doors of the own institution. */
export interface ClientTls {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** Everything that is mounted into the courier, and only into it. */
export interface Assignment {
  readonly job: CourierJob;
  /** The input with rows; undefined for a party that only computes. */
  readonly rows: CourierInput | undefined;
  /** Tables and shares of models. */
  readonly files: readonly CourierInput[];
  readonly output: CourierOutput;
  /** Whether the operator computes over joined rows; else it matches keys, or hands rows on. */
  readonly joined: boolean;
  /** SM2, hex. */
  readonly attemptKey: string;
  readonly courierKey: string;
  readonly salt: Uint8Array;
  readonly tls: ClientTls;
  readonly natsCredsFile: string;
  readonly natsCaFile: string | undefined;
}

/** @throws CourierError JOB_INVALID naming the file or field */
export async function loadAssignment(directory: string): Promise<Assignment> {
  const file = (name: string): string => join(directory, name);
  const text = async (name: string): Promise<string> => {
    try {
      return await readFile(file(name), 'utf8');
    } catch (cause) {
      throw new CourierError('JOB_INVALID', `${file(name)}: cannot be read`, { cause });
    }
  };
  const parsed = courierJobSchema.safeParse(json(await text('job.json')));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new CourierError('JOB_INVALID', `job.json: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'malformed'}`);
  }
  const job = parsed.data;
  const attemptKey = (await text('attempt.key')).trim();
  const courierKey = publicKeyOf(attemptKey);
  if (job.delegation.delegate.publicKey !== courierKey) {
    throw new CourierError('JOB_INVALID', 'job.json: delegation.delegate.publicKey: is not the key of attempt.key');
  }
  const tls = { cert: await text('tls.crt'), key: await text('tls.key'), ca: await text('ca.crt') };
  const takes = OPERATOR_CATALOGUE[job.operator].inputs.rows;
  const [joined, needed] = [takes === 'Joined' || takes === 'None', takes === 'Keyed'];
  const rows = job.inputs.filter(({ kind }) => kind === 'Rows');
  if (rows.length > 1 || (needed && rows.length === 0)) throw new CourierError('JOB_INVALID', `job.json: inputs: ${job.operator} takes ${needed ? 'exactly' : 'at most'} one of this party with rows`);
  if (!needed && job.layout === undefined) throw new CourierError('JOB_INVALID', `job.json: layout: ${job.operator} needs the inputs of all parties`);
  const [output] = job.outputs;
  if (job.outputs.length !== 1 || output === undefined) throw new CourierError('JOB_INVALID', 'job.json: outputs: an operator has exactly one');
  return {
    job,
    rows: rows[0],
    files: job.inputs.filter(({ kind }) => kind !== 'Rows'),
    output,
    joined,
    attemptKey,
    courierKey,
    // Both alphabets of base64.
    salt: Buffer.from(job.salt, 'base64'),
    tls,
    natsCredsFile: file('nats.creds'),
    natsCaFile: job.nats.caFile === undefined ? undefined : file(job.nats.caFile),
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CourierError('JOB_INVALID', 'job.json: is not JSON', { cause });
  }
}

function publicKeyOf(privateKey: string): string {
  try {
    return sm2PublicKeyOf(privateKey);
  } catch (cause) {
    throw new CourierError('JOB_INVALID', 'attempt.key: is no SM2 private key in hex', { cause });
  }
}
