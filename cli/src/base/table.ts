/** Aligned columns, two spaces apart, as kubectl prints them. */
export function table(header: readonly string[], rows: readonly (readonly (string | number | undefined)[])[]): string {
  const cells = [header, ...rows.map((row) => row.map((cell) => (cell === undefined || cell === '' ? '-' : String(cell))))];
  const widths = header.map((_, column) => Math.max(...cells.map((row) => width(row[column] ?? ''))));
  return cells
    .map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - width(cell)))).join('   ').trimEnd())
    .join('\n');
}

/** Label and value lines with the values aligned. */
export function fields(entries: readonly (readonly [string, string | number | undefined])[], indent = 0): string {
  const shown = entries.filter(([, value]) => value !== undefined && value !== '');
  const widest = Math.max(0, ...shown.map(([label]) => width(label)));
  return shown.map(([label, value]) => `${' '.repeat(indent)}${label}${' '.repeat(widest - width(label))}  ${value}`).join('\n');
}

/** Columns a text takes on a terminal: Chinese, Japanese and Korean characters take two. */
function width(text: string): number {
  let columns = 0;
  for (const character of text) columns += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/.test(character) ? 2 : 1;
  return columns;
}
