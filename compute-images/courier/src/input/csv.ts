import type { Cell } from './arrow-rows.ts';

/**
 * One line of RFC 4180, quoted only where needed, with LF. An absent value is empty and an empty text is `""`, so that
 * the line says which; it is also the canonical form that input commitments cover.
 */
export function csvLine(cells: readonly Cell[]): string {
  return `${csvFields(cells, 0, cells.length)}\n`;
}

/** Some fields of such a line, from `begin` to before `end`. Of every row: a loop, since arrays of a few cells cost more than the text. */
export function csvFields(cells: readonly Cell[], begin: number, end: number): string {
  let text = csvField(cells[begin] ?? null);
  for (let at = begin + 1; at < end; at += 1) text += `,${csvField(cells[at] ?? null)}`;
  return text;
}

function csvField(cell: Cell): string {
  if (cell === null) return '';
  if (cell === '') return '""';
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
