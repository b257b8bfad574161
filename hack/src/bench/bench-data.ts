import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { API_VERSION, type DataAssetSpecInput } from '@collabnet/crds';
import { collabnet, kubectl } from '../demo/cluster.ts';
import { apply, list, waitReady } from '../demo/objects.ts';
import { BANK_A, BANK_B, NETWORK, type DemoInstitution } from '../demo/institutions.ts';
import type { Manifest } from '../demo/manifests.ts';

const ROWS_OF_PIECE = 50_000;
/** A row of a table on disk, rounded up; the smallest volume. */
const [OCTETS_OF_ROW, LEAST_MEBI] = [32, 64];
/** A proxy reads a new table twice before it is offered. */
const readyMs = (rows: number): number => 120_000 + (rows / 1_000_000) * 30_000;
/** The row number of a bank's first customer: bank B's customers begin in the middle of bank A's. */
const FIRST = [
  { bank: BANK_A, first: () => 0 },
  { bank: BANK_B, first: (rows: number) => Math.floor(rows / 2) },
] as const;

/** Name of a table of this run: that of the asset at both banks. */
export function tableName(rows: number, run: string): string {
  return `bench-${rows}-${run}`;
}

/** Offers tables of so many customers at both banks, half of them common. */
export async function offerTables(sizes: readonly number[], run: string): Promise<void> {
  const volume = { claimName: claimOf(run), mebi: LEAST_MEBI + Math.ceil((sizes.reduce((sum, rows) => sum + rows, 0) * OCTETS_OF_ROW) / 1024 ** 2) };
  for (const rows of sizes) await Promise.all(FIRST.map(({ bank, first }) => offer(bank, tableName(rows, run), { rows, text: syntheticCsv({ rows, first: first(rows) }), columns: COLUMNS }, volume)));
}

/** Offers a table of features of the same customers at each bank: `count` columns of noise, and at bank B a label. */
export async function offerFeatures(rows: number, count: number, run: string): Promise<void> {
  const volume = { claimName: claimOf(run), mebi: LEAST_MEBI + Math.ceil((rows * count * OCTETS_OF_ROW) / 1024 ** 2) };
  await Promise.all(
    FIRST.map(({ bank }) => {
      const prefix = bank === BANK_A ? 'a' : 'b';
      const features = Array.from({ length: count }, (_, n): Column => ({ name: `${prefix}${n}`, type: 'Decimal', role: 'Feature' }));
      const label: Column[] = bank === BANK_B ? [{ name: 'label', type: 'Integer', role: 'Label' }] : [];
      const columns: Column[] = [{ name: 'id', type: 'String', role: 'Identifier' }, ...features, ...label];
      return offer(bank, tableName(rows, run), { rows, text: featureCsv(rows, columns), columns }, volume);
    }),
  );
}

/** Deletes assets and volumes of this run at both banks; what the ledger says of them stays. */
export async function withdraw(sizes: readonly number[], run: string): Promise<void> {
  for (const { bank } of FIRST) {
    if (sizes.length > 0) await kubectl(bank.namespace, ['delete', 'dataasset', ...sizes.map((rows) => tableName(rows, run)), '--ignore-not-found', '--timeout=90s']);
    const claims = [claimOf(run), ...(await auditClaims(bank, claimOf(run)))];
    await kubectl(bank.namespace, ['delete', 'pvc', ...claims, '--ignore-not-found', '--timeout=90s']);
  }
}

interface Table {
  readonly rows: number;
  /** Row number of its first customer. */
  readonly first: number;
}

type Column = DataAssetSpecInput['columns'][number];

/** Columns of {@link syntheticCsv}. */
const COLUMNS: Column[] = [
  { name: 'id', type: 'String', role: 'Identifier' },
  { name: 'amount', type: 'Integer', role: 'Feature' },
];

/** A table to be written, with its columns in order. */
interface Offered {
  readonly rows: number;
  readonly text: Iterable<string>;
  readonly columns: Column[];
}

/** One key column of 19 digits, in the order that `bench_bare.py` writes, and one payload column; in pieces, as a large table is no string. */
export function* syntheticCsv({ rows, first }: Table): Generator<string> {
  yield 'id,amount\n';
  for (let begin = 0; begin < rows; begin += ROWS_OF_PIECE) {
    const length = Math.min(ROWS_OF_PIECE, rows - begin);
    yield Array.from({ length }, (_, index) => `${keyOf(first + begin + index)},${(begin + index) % 1000}\n`).join('');
  }
}

/** Keys, noise between -1 and 1, and a label that depends on it. */
function* featureCsv(rows: number, columns: readonly Column[]): Generator<string> {
  yield `${columns.map(({ name }) => name).join(',')}\n`;
  const labelled = columns.some(({ role }) => role === 'Label');
  const count = columns.length - 1 - (labelled ? 1 : 0);
  for (let row = 0; row < rows; row += 1) {
    const values = Array.from({ length: count }, () => Math.random() * 2 - 1);
    const label = values.reduce((sum, value) => sum + value, 0) > 0 ? '1' : '0';
    yield `${[keyOf(row), ...values.map((value) => value.toFixed(6)), ...(labelled ? [label] : [])].join(',')}\n`;
  }
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
  const claims = await list<{ metadata: { name: string; annotations?: Record<string, string> } }>(namespace, 'persistentvolumeclaims', 'app.kubernetes.io/component=data-proxy');
  return claims.filter(({ metadata }) => metadata.annotations?.['collabnet.dev/source-claim'] === claim).map(({ metadata }) => metadata.name);
}

async function offer(bank: DemoInstitution, name: string, { rows, text, columns }: Offered, { claimName, mebi }: { claimName: string; mebi: number }): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'collabnet-bench-'));
  try {
    const file = join(folder, 'table.csv');
    await writeFile(file, text);
    await collabnet(bank.namespace, ['data', 'put', claimName, '--file', file, '--path', `${name}.csv`, '--create-claim', `${mebi}Mi`]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  await apply(bank.namespace, [benchAsset(name, claimName, columns)]);
  await waitReady(bank.namespace, 'dataasset', name, readyMs(rows));
}

function benchAsset(name: string, claimName: string, columns: Column[]): Manifest & { spec: DataAssetSpecInput } {
  return {
    apiVersion: API_VERSION,
    kind: 'DataAsset',
    metadata: { name },
    spec: {
      networkRef: { name: NETWORK },
      displayName: 'Synthetic table of the bench',
      source: { file: { claimName, path: `${name}.csv`, format: 'CSV' } },
      columns,
      classification: { jrtLevel: 1, nationalClass: 'General', personalInformation: false },
      lawfulBasis: { basis: 'Contract', purpose: 'bench' },
    },
  };
}
