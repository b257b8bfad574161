import type { CollabNetwork } from '@collabnet/crds';
import type { NetworkAccess, NetworkRun } from '../network-run.ts';
import type { SecretStore } from '../../../institution/secret-store.ts';

/** Secret with this institution's place in the network: id, DID, hub and leaf credentials. */
export function accessSecret(network: CollabNetwork): string {
  return `network-${network.metadata.name}`;
}

/** Reads the access that founding or joining has stored, if any. */
export async function readAccess(secrets: SecretStore, name: string): Promise<NetworkAccess | undefined> {
  const values = await secrets.read(name);
  if (values === undefined) return undefined;
  const { networkId, did, hubUrl } = JSON.parse(values['access.json'] ?? '{}') as Pick<NetworkAccess, 'networkId' | 'did' | 'hubUrl'>;
  return {
    networkId,
    did,
    hubUrl,
    caPem: values['hub-ca.crt'] ?? '',
    controlCreds: values['control.creds'] ?? '',
    dataCreds: values['data.creds'] ?? '',
  };
}

export async function loadAccess(run: NetworkRun): Promise<void> {
  const access = await readAccess(run.services.secrets, accessSecret(run.network));
  if (access === undefined) throw new Error('step order: founding or joining has not stored the access');
  run.access = access;
  run.ctx.status.networkID = access.networkId;
  run.ctx.status.did = access.did;
}
