import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataAsset } from '@collabnet/crds';
import { collabnet, demoDir } from './cluster.ts';
import { apply, get, waitReady } from './objects.ts';
import { toCsv, type Table } from './hdma.ts';
import type { DemoInstitution } from './institutions.ts';
import { customersAsset, sourceClaim, type AssetColumns } from './manifests.ts';

const CLAIM = 'customer-data';
const READY_MS = 180_000;

/** Puts a table into the bank's own volume and offers it in the catalogue. Only its description leaves the bank. */
export async function offerCustomers(bank: DemoInstitution, table: Table): Promise<void> {
  const known = await get<DataAsset>(bank.namespace, 'dataasset', 'customers');
  if (known === undefined) {
    mkdirSync(demoDir, { recursive: true });
    const file = join(demoDir, `${bank.code}-customers.csv`);
    writeFileSync(file, toCsv(table));
    await apply(bank.namespace, [sourceClaim(CLAIM)]);
    await collabnet(bank.namespace, ['data', 'put', CLAIM, '--file', file, '--path', 'customers.csv']);
    await apply(bank.namespace, [customersAsset(CLAIM, columnsOf(table), `Customers of ${bank.displayName}`)]);
  }
  await waitReady(bank.namespace, 'dataasset', 'customers', READY_MS);
}

function columnsOf({ header }: Table): AssetColumns {
  const types: Record<string, 'Decimal' | 'String'> = { dir: 'Decimal', hir: 'Decimal', lvr: 'Decimal' };
  return header.map((name, index) => ({ name, type: types[name] ?? 'String', role: index < 2 ? ('Identifier' as const) : ('Feature' as const) }));
}
