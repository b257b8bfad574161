import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { thisMachine } from '../bench/machine.ts';
import { runMain } from '../lib/main-guard.ts';
import { repositoryRoot } from '../lib/paths.ts';
import { runSteps, say, totalTime, type Step } from '../lib/progress.ts';
import { run } from '../lib/run.ts';
import { binaryPath, buildToolSet, downloadModules } from '../setup/build-tools.ts';
import { certManagerSet, toolSetPath } from '../setup/tool-sets.ts';
import { scaleDocument } from './document.ts';
import { benchScaleOptions } from './options.ts';
import { scaleFiguresSchema } from './scale-figures.ts';
import { lastScale, noteScale, SCALE_PARTS, scaleNotesFolder, type ScalePart } from './scale-notes.ts';

const DOCUMENT = join(repositoryRoot, 'docs', 'scale.md');
const PROGRAM = join(repositoryRoot, 'operator', 'dist', 'scale', 'main.js');
const CERT_MANAGER = 'github.com/cert-manager/cert-manager';

/** Compiles what the operator is compared with. @returns the options that say where it lies */
async function certManager(): Promise<string[]> {
  const set = certManagerSet();
  await downloadModules(set);
  await buildToolSet(set);
  const { stdout } = await run('go', ['list', '-m', '-f', '{{.Dir}}', CERT_MANAGER], { cwd: toolSetPath(set), env: { GOFLAGS: '' } });
  return ['--cert-manager', binaryPath(set, 'cert-manager-controller'), '--cert-manager-crds', join(stdout.trim(), 'deploy', 'crds')];
}

runMain(async () => {
  const options = benchScaleOptions(process.argv.slice(2));
  const work = mkdtempSync(join(tmpdir(), 'collabnet-bench-scale-'));
  const notes = options.quick ? work : scaleNotesFolder;
  let compared: string[] = [];
  const measure = (part: ScalePart): Step => ({
    title: `Part ${part}`,
    work: async () => {
      const out = join(work, `${part}.figures`);
      const [date, load] = [new Date().toISOString(), loadavg()[0] ?? 0];
      await run(process.execPath, [PROGRAM, '--parts', part, ...options.sizes, ...compared, '--out', out]);
      noteScale(part, { date, load, figures: scaleFiguresSchema.parse(JSON.parse(readFileSync(out, 'utf8'))) }, notes);
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
    const text = scaleDocument({ machine: thisMachine(), notes: Object.fromEntries(SCALE_PARTS.map((part) => [part, lastScale(part, notes)])) });
    if (options.quick) return say(`\n${text}`);
    writeFileSync(DOCUMENT, text);
    say(`\nwrote ${DOCUMENT} after ${totalTime()}`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
});
