import type { CollabNetwork, DataAsset } from '@collabnet/crds';
import type { Command } from 'commander';
import { durationOption } from '../base/duration.ts';
import { CliError } from '../base/errors.ts';
import { confirm, type Io } from '../base/io.ts';
import { fields } from '../base/table.ts';
import { approvalObject, signDecision } from '../decide/approval.ts';
import { awaitOutcome } from '../decide/await-outcome.ts';
import { describeGrant } from '../grants/describe.ts';
import type { KeyOptions } from '../keys/keys.ts';
import type { Kube } from '../kube/kube.ts';
import { readyNetwork } from '../kube/networks.ts';
import { connect, signerOf } from './shared.ts';

export interface RevokeOptions extends KeyOptions {
  readonly key?: string;
  readonly person?: string;
  readonly reason: string;
  readonly yes?: boolean;
  readonly timeout: string;
}

/** Revokes a grant: one of the spec by marking it, any other that the ledger knows by a signed revocation. */
export async function revokeGrant(io: Io, command: Command, name: string, id: string, options: RevokeOptions): Promise<void> {
  const timeout = durationOption('--timeout', options.timeout);
  const kube = await connect(command);
  const asset = await kube.get<DataAsset>('dataassets', name);
  const index = asset.spec.grants.findIndex((one) => one.id === id);
  const grant = asset.spec.grants[index];
  if (grant === undefined) {
    await revokeOnLedger(io, kube, asset, id, options, timeout);
  } else if (grant.revoked === true) {
    io.out(`grant ${id} is revoked already`);
  } else {
    io.note(describeGrant(asset.status?.assetID ?? name, grant));
    await confirm(io, 'Revoke this grant for ever?', options.yes ?? false);
    await kube.jsonPatch('dataassets', name, [
      { op: 'test', path: `/spec/grants/${index}/id`, value: id },
      { op: 'add', path: `/spec/grants/${index}/revoked`, value: true },
    ]);
    io.out(`grant ${id} revoked`);
  }
}

async function revokeOnLedger(io: Io, kube: Kube, asset: DataAsset, id: string, options: RevokeOptions, timeout: number): Promise<void> {
  const name = asset.metadata.name;
  const seen = asset.status?.grants?.find((one) => one.id === id);
  if (seen?.digest === undefined) {
    const ids = [...new Set([...asset.spec.grants, ...(asset.status?.grants ?? [])].map((one) => one.id))].join(', ');
    throw new CliError('NOT_FOUND', `DataAsset ${name} has no grant ${id}; it has ${ids === '' ? 'none' : ids}`);
  }
  if (options.key === undefined) throw new CliError('USAGE', `grant ${id} is a consent given to one task: give --key NAME to sign its revocation`);
  const network = readyNetwork(await kube.get<CollabNetwork>('collabnetworks', asset.spec.networkRef.name));
  const signer = await signerOf(kube, io, { ...options, key: options.key }, network.id);
  io.note(fields([['asset', asset.status?.assetID ?? name], ['grant', id], ['to', seen.grantee], ['state', seen.state], ['digest', seen.digest]]));
  await confirm(io, `As ${signer.did}, revoke this grant for ever?`, options.yes ?? false);
  const subject = { kind: 'GrantRevocation', id, digest: seen.digest } as const;
  const spec = await signDecision({ network, subject, decision: 'Approve', reason: options.reason, signer, expires: Date.now() + 3_600_000 }, signer.sign);
  const approval = approvalObject(spec, `revoke-${name}`);
  await kube.create('approvals', approval);
  io.out(`revoked: ${await awaitOutcome(kube, approval.metadata.name, timeout)} (approval/${approval.metadata.name})`);
}
