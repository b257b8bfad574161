import type { Cell } from './arrow-rows.ts';

/**
 * One line of RFC 4180, quoted only where needed, with LF. An absent value is empty and an empty text is `""`, so that
 * the line says which; it is also the canonical form that input commitments cover.
 */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvField).join(',')}\n`;
}

function csvField(cell: Cell): string {
  if (cell === null) return '';
  if (cell === '') return '""';
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
