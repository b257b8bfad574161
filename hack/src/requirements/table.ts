export const STATUSES = ['shown', 'partly', 'not yet'] as const;
export type Status = (typeof STATUSES)[number];

/** A test that a row names: `path/to/file.test.ts` › name of the test. */
export interface NamedTest {
  readonly path: string;
  readonly name: string;
}

/** One function of the source documents. */
export interface Requirement {
  readonly number: number;
  readonly text: string;
  readonly status: string;
  readonly tests: readonly NamedTest[];
  readonly missing: string;
  /** Parts of the test cell that are no `path` › name. */
  readonly unread: readonly string[];
}

/** Rows `| 1 | text | status | tests | missing |` of a Markdown document; several tests are parted by `<br>`. */
export function parseRequirements(markdown: string): Requirement[] {
  return markdown.split('\n').flatMap((line) => {
    const cells = line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.replaceAll('\\|', '|').trim());
    const [number = '', text = '', status = '', tests = '', missing = ''] = cells;
    if (cells.length !== 5 || !/^\d+$/.test(number)) return [];
    const parts = tests.split('<br>').map((part) => part.trim()).filter((part) => part !== '');
    const read = parts.map((part) => /^`([^`]+)` › (.+)$/.exec(part));
    return [{
      number: Number(number),
      text,
      status,
      tests: read.flatMap((match) => (match ? [{ path: match[1] ?? '', name: match[2] ?? '' }] : [])),
      missing,
      unread: parts.filter((_, index) => read[index] === null),
    }];
  });
}
