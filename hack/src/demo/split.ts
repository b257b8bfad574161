import type { Table } from './hdma.ts';

/** What the two banks hold of one population: other columns, other names for the same ids, overlapping customers. */
export interface BankTables {
  bankA: Table;
  bankB: Table;
  /** Customers that both hold, for checking the result. */
  common: number;
}

const A_UNTIL = 1_500;
const B_FROM = 900;

/**
 * Splits the applications: bank A has the first 1,500 with ratios of debt and loan, bank B those from the 900th on with
 * credit scores. The source has no ids, so each application gets one of a resident's form, checksum included
 * (GB 11643), and a branch; together they identify a customer.
 */
export function splitBetweenBanks(source: Table): BankTables {
  const column = (name: string): number => {
    const index = source.header.indexOf(name);
    if (index < 0) throw new Error(`the data set has no column ${name}`);
    return index;
  };
  const pick = (row: string[], names: string[]): string[] => names.map((name) => row[column(name)] ?? '');
  const a = ['dir', 'hir', 'lvr'];
  const b = ['ccs', 'mcs', 'deny'];
  const all = source.rows.map((row, index) => ({ row, id: residentId(index), branch: branchOf(index) }));
  return {
    bankA: { header: ['id_card', 'branch', ...a], rows: all.slice(0, A_UNTIL).map(({ row, id, branch }) => [id, branch, ...pick(row, a)]) },
    bankB: { header: ['cert_no', 'office', ...b], rows: all.slice(B_FROM).map(({ row, id, branch }) => [id, branch, ...pick(row, b)]) },
    common: Math.max(0, Math.min(A_UNTIL, all.length) - B_FROM),
  };
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** An 18-digit id with its check digit, made from a row number; it belongs to nobody. */
export function residentId(index: number): string {
  const birth = new Date(Date.UTC(1950, 0, 1 + ((index * 37) % 14_000))).toISOString().slice(0, 10).replaceAll('-', '');
  const body = `110101${birth}${String(index % 1000).padStart(3, '0')}`;
  return `${body}${checkDigit(body)}`;
}

/** Check digit over the first 17 digits of a resident's id (GB 11643, ISO 7064 MOD 11-2). */
export function checkDigit(body: string): string {
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(body[at]), 0);
  return '10X98765432'[sum % 11] ?? '';
}

function branchOf(index: number): string {
  return `branch-${(index % 7) + 1}`;
}
