import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { API_VERSION, type DataAssetSpecInput } from '@collabnet/crds';
import { apply, collabnet, kubectl, waitReady } from '../demo/cluster.ts';
import { BANK_A, BANK_B, NETWORK, type DemoInstitution } from '../demo/institutions.ts';
import type { Manifest } from '../demo/manifests.ts';

const READY_MS = 120_000;
/** The row number of a bank's first customer: bank B's customers begin in the middle of bank A's. */
const FIRST = [
  { bank: BANK_A, first: () => 0 },
  { bank: BANK_B, first: (rows: number) => Math.floor(rows / 2) },
] as const;

/** Offers a table of `rows` customers at both banks, half of them common, under one asset name of this run. */
export async function offerRows(rows: number, run: string): Promise<string> {
  const name = `bench-${rows}-${run}`;
  await Promise.all(FIRST.map(({ bank, first }) => offer(bank, name, syntheticCsv(rows, first(rows)), run)));
  return name;
}

/** Deletes assets and volumes of this run at both banks; what the ledger says of them stays. */
export async function withdraw(assets: readonly string[], run: string): Promise<void> {
  for (const { bank } of FIRST) {
    if (assets.length > 0) await kubectl(bank.namespace, ['delete', 'dataasset', ...assets, '--ignore-not-found', '--timeout=90s']);
    const claims = [claimOf(run), ...(await auditClaims(bank, claimOf(run)))];
    await kubectl(bank.namespace, ['delete', 'pvc', ...claims, '--ignore-not-found', '--timeout=90s']);
  }
}

/** One key column of 19 digits, in the order that `bench_bare.py` writes, and one payload column. */
export function syntheticCsv(rows: number, first: number): string {
  const lines = Array.from({ length: rows }, (_, index) => `${keyOf(first + index)},${index % 1000}`);
  return `id,amount\n${lines.join('\n')}\n`;
}

/** A multiplication modulo a prime scatters the keys, so that the file is not sorted already. */
function keyOf(customer: number): string {
  return `1${String((customer * 7_919) % 2_147_483_647).padStart(18, '0')}`;
}

function claimOf(run: string): string {
  return `bench-${run}`;
}

/** The proxy's record of reads outlives its asset by intent; that of synthetic data need not. */
async function auditClaims({ namespace }: DemoInstitution, claim: string): Promise<string[]> {
  const { stdout } = await kubectl(namespace, ['get', 'pvc', '-l', 'app.kubernetes.io/component=data-proxy', '-o', 'json']);
  const { items } = JSON.parse(stdout) as { items: { metadata: { name: string; annotations?: Record<string, string> } }[] };
  return items.filter(({ metadata }) => metadata.annotations?.['collabnet.dev/source-claim'] === claim).map(({ metadata }) => metadata.name);
}

async function offer(bank: DemoInstitution, name: string, csv: string, run: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'collabnet-bench-'));
  try {
    const file = join(folder, 'table.csv');
    writeFileSync(file, csv);
    await collabnet(bank.namespace, ['data', 'put', claimOf(run), '--file', file, '--path', `${name}.csv`, '--create-claim', '64Mi']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  await apply(bank.namespace, [benchAsset(name, claimOf(run))]);
  await waitReady(bank.namespace, 'dataasset', name, READY_MS);
}

function benchAsset(name: string, claimName: string): Manifest & { spec: DataAssetSpecInput } {
  return {
    apiVersion: API_VERSION,
    kind: 'DataAsset',
    metadata: { name },
    spec: {
      networkRef: { name: NETWORK },
      displayName: 'Synthetic table of the bench',
      source: { file: { claimName, path: `${name}.csv`, format: 'CSV' } },
      columns: [
        { name: 'id', type: 'String', role: 'Identifier' },
        { name: 'amount', type: 'Integer', role: 'Feature' },
      ],
      classification: { jrtLevel: 1, nationalClass: 'General', personalInformation: false },
      lawfulBasis: { basis: 'Contract', purpose: 'bench' },
    },
  };
}
