import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { API_VERSION, type DataAssetSpecInput } from '@collabnet/crds';
import { collabnet, NETWORK, type DemoInstitution, type Manifest } from '@collabnet/hack';

/** The claim that the fixture has made at each bank. */
export const CLAIM = 'customer-data';

/** Puts a file into a bank's volume. */
export async function putFile(bank: DemoInstitution, path: string, content: string | Uint8Array): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'collabnet-e2e-'));
  try {
    const file = join(folder, 'file');
    writeFileSync(file, content);
    await collabnet(bank.namespace, ['data', 'put', CLAIM, '--file', file, '--path', path]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Columns = DataAssetSpecInput['columns'];

export const TEST_COLUMNS: Columns = [
  { name: 'id', type: 'String', role: 'Identifier' },
  { name: 'amount', type: 'Integer', role: 'Feature' },
];

/** An asset of a file in the bank's volume. */
export function fileAsset(name: string, path: string, columns: Columns = TEST_COLUMNS): Manifest & { spec: DataAssetSpecInput } {
  return {
    apiVersion: API_VERSION,
    kind: 'DataAsset',
    metadata: { name },
    spec: {
      networkRef: { name: NETWORK },
      displayName: `Test asset ${name}`,
      source: { file: { claimName: CLAIM, path, format: 'CSV' } },
      columns,
      classification: { jrtLevel: 2, nationalClass: 'General', personalInformation: false },
      lawfulBasis: { basis: 'Contract', purpose: 'a test' },
    },
  };
}
