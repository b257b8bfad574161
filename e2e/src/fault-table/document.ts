import type { LedgerDriver } from '@collabnet/hack';
import { ACTIONS, cellName, MOMENTS, type Action, type Cell, type Moment } from './cell.ts';
import { cellsOf, isAlwaysRun, rowsOf } from './cells.ts';
import { resultsFile, type CellResult } from './results.ts';

const MEANING: Readonly<Record<Action, string>> = {
  kill: 'Ended with SIGKILL; of a pod also its object is taken away, as if the node were lost. A program of the node is started again after 3 s, a connection is reset.',
  freeze: 'Gets no processor for 30 s; its connections stay open.',
  cut: 'For 30 s every packet from and to it is lost.',
  slow: 'For 30 s it gets a hundredth of one processor; a connection passes 200 kB/s.',
};

/** What a moment of the table is, in the order of a task. */
const WHEN: Readonly<Record<Moment, string>> = {
  propose: 'just applied, not on the ledger yet',
  approve: 'one of two owners has consented',
  open: 'the last consent is on the ledger, not both owners have confirmed',
  reserve: "bank B's pod has been made",
  prepare: 'its courier fetches the input',
  start: 'its courier waits for the start',
  align: 'the couriers shake hands',
  compute: 'the engines exchange',
  clean: 'the result is delivered',
  settle: 'the receipt is signed and not on the ledger',
};

/** A named group of tests elsewhere that belong to the table. */
export interface OtherFaults {
  readonly title: string;
  readonly tests: readonly string[];
}

/** The text of docs/faults.md, or that for Fabric: pure, from what was noted. */
export function faultsDocument(driver: LedgerDriver, results: ReadonlyMap<string, CellResult>, others: readonly OtherFaults[]): string {
  const cells = cellsOf(driver);
  const known = cells.flatMap((cell) => results.get(cellName(cell)) ?? []);
  const dates = known.map(({ date }) => date).sort();
  const file = resultsFile(driver);
  const option = driver === 'embedded' ? '' : ` LEDGER=${driver}`;
  return `# Faults${driver === 'embedded' ? '' : ', with the ledger on Fabric'}
Written by \`make generate\` from [${file}](${file}), in which \`make test-faults${option}\` notes what it sees; do not edit.

Each cell is a test on the local cluster: two banks and a supervisor, a private intersection (or what the row says) brought to the moment of the column, the fault, and
then the same end as without it: the result with all rows at both banks, one proposal, exactly one receipt of each party for each step, a reason on the ledger for
each attempt that was lost, and no pod or Secret left. Of two equal parts the one of bank B is hit. ${driver === 'embedded' ? 'With the ledger on Fabric: [faults-fabric.md](faults-fabric.md).' : 'With the embedded ledger, and faults of other kinds: [faults.md](faults.md).'}

- \`make test\` runs the ${cells.filter((each) => isAlwaysRun(each, driver)).length} cells in **bold**; \`make test-all${option}\` runs all ${cells.length}, which takes hours.
- \`COLLABNET_FAULTS='hub/kill/*' make test-faults${option} LANES=3\` runs those that fit, several at a time, and notes what it sees.
- ${known.length} of ${cells.length} cells have been run${dates.length > 0 ? `, from ${dates[0] ?? ''} to ${dates.at(-1) ?? ''}` : ''}; ${known.filter(({ passed }) => passed).length} of them ended as they should.

In a cell: seconds from the end of the fault to the end of the task, and the attempts that the step took when it was more than one.
✗: did not end as it should. \`·\`: not run yet. –: does not exist (the engine has no network; an attempt has no pods before its reservation).

| moment | the task is |
|---|---|
${MOMENTS.map((moment) => `| ${moment} | ${WHEN[moment]} |`).join('\n')}
${ACTIONS.map((action) => `\n## ${title(action)}\n${MEANING[action]}\n\n${table(driver, action, results)}`).join('\n')}

## Reasons of lost attempts
${reasons(known)}
${problems(known)}${others.map((group) => `\n## ${group.title}\n${group.tests.map((test) => `- ${test}`).join('\n')}\n`).join('')}`;
}

function title(action: Action): string {
  return { kill: 'Killed', freeze: 'Frozen', cut: 'Cut off', slow: 'Slowed' }[action];
}

function table(driver: LedgerDriver, action: Action, results: ReadonlyMap<string, CellResult>): string {
  const rows = rowsOf(driver).filter((row) => row.actions[action] !== undefined);
  const lines = rows.map((row) => `| ${row.title} | ${MOMENTS.map((moment) => cell(driver, { row, action, moment }, results)).join(' | ')} |`);
  return [`| | ${MOMENTS.join(' | ')} |`, `|---|${MOMENTS.map(() => '---').join('|')}|`, ...lines].join('\n');
}

function cell(driver: LedgerDriver, of: Cell, results: ReadonlyMap<string, CellResult>): string {
  if (!of.row.moments.includes(of.moment)) return '–';
  const result = results.get(cellName(of));
  const text = result === undefined ? '·' : result.passed ? `${Math.round(result.recoverySeconds)} s${result.attempts > 1 ? `, ${result.attempts} attempts` : ''}` : '✗';
  return isAlwaysRun(of, driver) ? `**${text}**` : text;
}

function reasons(known: readonly CellResult[]): string {
  const cells = new Map<string, string[]>();
  for (const result of known) for (const reason of result.reasons) cells.set(reason, [...(cells.get(reason) ?? []), result.cell]);
  if (cells.size === 0) return 'None was lost.';
  const lines = [...cells].sort(([a], [b]) => a.localeCompare(b, 'en')).map(([reason, where]) => `| \`${reason}\` | ${where.length} | ${where.slice(0, 3).join(', ')}${where.length > 3 ? ', …' : ''} |`);
  return ['| reason on the ledger | cells | such as |', '|---|---|---|', ...lines].join('\n');
}

function problems(known: readonly CellResult[]): string {
  const failed = known.filter(({ passed }) => !passed);
  if (failed.length === 0) return '';
  return `\n## What did not end as it should\n${failed.map((result) => `- ${result.cell}: ${result.problem ?? ''}`).join('\n')}\n`;
}
