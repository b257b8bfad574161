import type { CollabNetwork } from '@collabnet/crds';
import type { NetworkAccess, NetworkRun } from '../network-run.ts';
import type { SecretStore, SecretValues } from '../../../institution/secret-store.ts';

/** Secret with this institution's place in the network: id, DID, hub and leaf credentials. */
export function accessSecret(network: CollabNetwork): string {
  return `network-${network.metadata.name}`;
}

/** Reads the access that founding or joining has stored, if any. */
export async function readAccess(secrets: SecretStore, name: string): Promise<NetworkAccess | undefined> {
  const values = await secrets.read(name);
  if (values === undefined) return undefined;
  const { networkId, did, hubUrl, left, leaving, expelled } = parse(values);
  return {
    networkId,
    did,
    hubUrl,
    left: left === true,
    expelled: expelled === true,
    leaving: leaving === true,
    caPem: values['hub-ca.crt'] ?? '',
    controlCreds: values['control.creds'] ?? '',
    dataCreds: values['data.creds'] ?? '',
  };
}

/** Writes down that this institution has left: the hub will refuse it, so the ledger cannot be asked any more. */
export function markLeft(secrets: SecretStore, name: string): Promise<void> {
  return mark(secrets, name, 'left', true);
}

/** Writes down that the members have expelled this institution, for the same reason. */
export function markExpelled(secrets: SecretStore, name: string): Promise<void> {
  return mark(secrets, name, 'expelled', true);
}

/** Writes down that it is about to leave: on Fabric its own peer may be off the channel before it hears that it has left. */
export function markLeaving(secrets: SecretStore, name: string, leaving: boolean): Promise<void> {
  return mark(secrets, name, 'leaving', leaving);
}

async function mark(secrets: SecretStore, name: string, what: 'left' | 'leaving' | 'expelled', value: boolean): Promise<void> {
  await secrets.update(name, (values) => ((parse(values)[what] === true) === value ? values : { ...values, 'access.json': JSON.stringify({ ...parse(values), [what]: value }) }));
}

type AccessFile = Pick<NetworkAccess, 'networkId' | 'did' | 'hubUrl'> & { left?: boolean; leaving?: boolean; expelled?: boolean };

function parse(values: SecretValues): AccessFile {
  return JSON.parse(values['access.json'] ?? '{}') as AccessFile;
}

export async function loadAccess(run: NetworkRun): Promise<void> {
  const access = await readAccess(run.services.secrets, accessSecret(run.network));
  if (access === undefined) throw new Error('step order: founding or joining has not stored the access');
  run.access = access;
  run.ctx.status.networkID = access.networkId;
  run.ctx.status.did = access.did;
}
