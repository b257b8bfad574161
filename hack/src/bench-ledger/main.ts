import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { thisMachine } from '../bench/machine.ts';
import { measureSm2 } from '../bench/measure-sm2.ts';
import { runMain } from '../lib/main-guard.ts';
import { repositoryRoot } from '../lib/paths.ts';
import { runSteps, say, totalTime, type Step } from '../lib/progress.ts';
import { run } from '../lib/run.ts';
import { ledgerDocument } from './document.ts';
import { ledgerFiguresSchema, type LedgerFigures, type LedgerNotes, type LedgerPart } from './ledger-figures.ts';
import { ledgerNotes } from './ledger-notes.ts';
import { benchLedgerOptions } from './options.ts';

const PROGRAM = join(repositoryRoot, 'services', 'chaincode', 'dist', 'testing', 'bench', 'main.js');

/** A new peer is measured on the chain that the throughput leaves. */
const MEASURED: Readonly<Partial<Record<LedgerPart, string>>> = { throughput: 'throughput,sync' };

runMain(async () => {
  const options = benchLedgerOptions(process.argv.slice(2));
  const work = mkdtempSync(join(tmpdir(), 'collabnet-bench-ledger-'));
  const quick: LedgerNotes = {};
  const measure = (part: LedgerPart): Step => ({
    title: `Part ${part}`,
    work: async () => {
      const out = join(work, `${part}.json`);
      const [date, machine] = [new Date().toISOString(), thisMachine()];
      await run(process.execPath, [PROGRAM, '--parts', MEASURED[part] ?? part, ...options.sizes, '--out', out]);
      const measured: LedgerFigures = ledgerFiguresSchema.parse(JSON.parse(readFileSync(out, 'utf8')));
      const note = { date, machine, figures: { ...measured, ...(part === 'profile' && { sm2: measureSm2(options.quick ? 4 : 30) }) } };
      if (options.quick) quick[part] = note;
      else ledgerNotes().note({ [part]: note });
      return undefined;
    },
  });
  try {
    await runSteps(options.parts.map(measure));
    say(options.quick ? `\n${ledgerDocument(quick)}` : `\nwrote ${ledgerNotes().documentFile} after ${totalTime()}`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
});
