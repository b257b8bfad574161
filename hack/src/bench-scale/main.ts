import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { thisMachine } from '../bench/machine.ts';
import { runMain } from '../lib/main-guard.ts';
import { certManagerResources, repositoryRoot } from '../lib/paths.ts';
import { runSteps, say, totalTime, type Step } from '../lib/progress.ts';
import { run } from '../lib/run.ts';
import { binaryPath } from '../setup/build-tools.ts';
import { certManagerSet } from '../setup/tool-sets.ts';
import { scaleDocument } from './document.ts';
import { benchScaleOptions } from './options.ts';
import { scaleFiguresSchema, type ScaleNotes, type ScalePart } from './scale-figures.ts';
import { scaleNotes } from './scale-notes.ts';

const PROGRAM = join(repositoryRoot, 'operator', 'dist', 'scale', 'main.js');

/** Compiles what the operator is compared with. @returns the options that say where it lies */
async function certManager(): Promise<string[]> {
  await run(process.execPath, [join(repositoryRoot, 'hack', 'src', 'setup', 'cert-manager.ts')]);
  return ['--cert-manager', binaryPath(certManagerSet(), 'cert-manager-controller'), '--cert-manager-crds', certManagerResources];
}

runMain(async () => {
  const options = benchScaleOptions(process.argv.slice(2));
  const work = mkdtempSync(join(tmpdir(), 'collabnet-bench-scale-'));
  const quick: ScaleNotes = {};
  let compared: string[] = [];
  const measure = (part: ScalePart): Step => ({
    title: `Part ${part}`,
    work: async () => {
      const out = join(work, `${part}.figures`);
      const [date, machine] = [new Date().toISOString(), thisMachine()];
      await run(process.execPath, [PROGRAM, '--parts', part, ...options.sizes, ...compared, '--out', out]);
      const note = { date, machine, figures: scaleFiguresSchema.parse(JSON.parse(readFileSync(out, 'utf8'))) };
      if (options.quick) quick[part] = note;
      else scaleNotes().note({ [part]: note });
      return undefined;
    },
  });
  const build: Step = {
    title: 'cert-manager, compiled',
    work: async () => {
      compared = await certManager();
      return undefined;
    },
  };
  try {
    await runSteps([...(options.parts.includes('cert-manager') ? [build] : []), ...options.parts.map(measure)]);
    say(options.quick ? `\n${scaleDocument(quick)}` : `\nwrote ${scaleNotes().documentFile} after ${totalTime()}`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
});
