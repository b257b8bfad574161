import { createHmac, randomBytes } from 'node:crypto';
import type { SecretStore } from '../../../institution/secret-store.ts';

/** Key of all fingerprints of the institution. Deleting it makes every commitment to its data meaningless (design §8.6). */
export const FINGERPRINT_SECRET = 'data-fingerprint-key';

/**
 * Salt of an asset's fingerprint, base64url of 32 bytes. The same for every version, so that unchanged data has an
 * unchanged commitment and a restart publishes nothing. The salt is a secret of the institution.
 */
export async function assetSalt(secrets: Pick<SecretStore, 'ensure'>, networkId: string, assetId: string): Promise<string> {
  const values = await secrets.ensure(FINGERPRINT_SECRET, () => ({ key: randomBytes(32).toString('hex') }));
  return createHmac('sha256', Buffer.from(values['key'] ?? '', 'hex')).update(JSON.stringify(['collabnet.dev/asset-salt/v1', networkId, assetId])).digest('base64url');
}
