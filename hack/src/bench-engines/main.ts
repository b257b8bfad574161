import { median } from '../bench/figures.ts';
import { thisMachine } from '../bench/machine.ts';
import { HackError } from '../lib/hack-error.ts';
import { runMain } from '../lib/main-guard.ts';
import { runSteps, say, totalTime, type Step } from '../lib/progress.ts';
import { enginesDocument } from './document.ts';
import { runPair, type PairFigures } from './engine-pair.ts';
import { engineNotes, type Compared } from './engine-figures.ts';
import { comparisons, type Comparison } from './questions.ts';

const USAGE = 'usage: main.ts [--quick]   --quick: few rows, one run, printed and not kept';
const RUNS = 3;

function middle(figures: readonly PairFigures[]): PairFigures {
  const of = (read: (each: PairFigures) => number): number => median(figures.map(read));
  return { seconds: of(({ seconds }) => seconds), processorSeconds: of((each) => each.processorSeconds), peakMemory: of(({ peakMemory }) => peakMemory) };
}

runMain(async () => {
  const options = process.argv.slice(2);
  if (options.some((option) => option !== '--quick')) throw new HackError('BAD_ARGUMENT', USAGE);
  const quick = options.includes('--quick');
  const runs = quick ? 1 : RUNS;
  const [date, machine] = [new Date().toISOString(), thisMachine()];
  const compared: Compared[] = [];
  const step = ({ title, ours, other }: Comparison): Step => ({
    title: `${title}, ${ours.rows} rows`,
    work: async () => {
      const [own, foreign]: [PairFigures[], PairFigures[]] = [[], []];
      for (let run = 0; run < runs; run += 1) {
        own.push(await runPair(ours));
        foreign.push(await runPair(other));
      }
      compared.push({ title, rows: ours.rows, ours: middle(own), other: middle(foreign) });
      return undefined;
    },
  });
  await runSteps(comparisons(quick ? 0.1 : 1).map(step));
  const pairs = { date, machine, runs, compared };
  if (quick) return say(`\n${enginesDocument({ pairs })}`);
  const notes = engineNotes();
  notes.note({ pairs });
  say(`\nwrote ${notes.documentFile} after ${totalTime()}`);
});
