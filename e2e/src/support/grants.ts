import type { DataAsset } from '@collabnet/crds';
import { collabnet, get, type DemoInstitution } from '@collabnet/hack';
import { eventually, type Target } from './objects.ts';
import type { Conditioned } from './conditions.ts';

export interface GrantOptions {
  readonly to: string;
  readonly purpose: string;
  readonly algorithm?: string;
  /** `customers`, if absent. */
  readonly asset?: string;
  /** `--count 1`, or `--for 1h`. */
  readonly form: readonly string[];
}

function assetOf({ namespace }: DemoInstitution, name: string): Target {
  return { namespace, kind: 'dataasset', name };
}

type Grants = NonNullable<NonNullable<DataAsset['status']>['grants']>;

/** A standing grant of a bank's customers, signed by its data manager; returns its id. */
export async function standingGrant(bank: DemoInstitution, { to, purpose, algorithm = 'psi@1.0.0', asset = 'customers', form }: GrantOptions): Promise<string> {
  const args = ['grant', 'create', asset, '--to', to, '--purpose', purpose, '--algorithm', algorithm, ...form, '--key', bank.person.name, '--yes', '--timeout', '90s'];
  const { stdout } = await collabnet(bank.namespace, args);
  const id = /: (\S+) is /.exec(stdout)?.[1];
  if (id === undefined) throw new Error(`no grant was made: ${stdout}`);
  return id;
}

export async function revokeGrant(bank: DemoInstitution, id: string, asset = 'customers'): Promise<void> {
  await collabnet(bank.namespace, ['grant', 'revoke', asset, id, '--yes']);
}

/** Revokes a grant that a test is done with, unless it was revoked. */
export async function dropGrant(bank: DemoInstitution, id: string | undefined, name = 'customers'): Promise<void> {
  if (id === undefined) return;
  const asset = await get<DataAsset>(bank.namespace, 'dataasset', name);
  if (asset?.spec.grants.some((grant) => grant.id === id && grant.revoked !== true) === true) await revokeGrant(bank, id, name);
}

/** Waits until a grant is in a state. */
export function grantIn(bank: DemoInstitution, id: string, state: Grants[number]['state'], timeoutMs = 60_000): Promise<Grants[number]> {
  return eventually<DataAsset & Conditioned, Grants[number]>(assetOf(bank, 'customers'), `was to show grant ${id} as ${state}`, ({ status }) => status?.grants?.find((grant) => grant.id === id && grant.state === state), timeoutMs);
}
