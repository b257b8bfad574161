import { runMain } from '../lib/main-guard.ts';
import { currentBinDir } from '../lib/paths.ts';
import { runSteps, say, totalTime } from '../lib/progress.ts';
import { buildToolSet, downloadModules, isBuilt, linkCurrent } from './build-tools.ts';
import { installDebianPackages, missingPackages } from './debian-packages.ts';
import { toolSets } from './tool-sets.ts';
import { downloadPythonFiles, missingPythonFiles } from './wheels.ts';

/** Fetches the modules of all sets one after another, in the order in which they are compiled. */
async function downloadAll(): Promise<void> {
  for (const set of toolSets()) await downloadModules(set);
}

/** Whether there is nothing to do; takes some tens of milliseconds. */
async function isComplete(): Promise<boolean> {
  const packages = await missingPackages();
  return packages.length === 0 && toolSets().every(isBuilt) && missingPythonFiles().length === 0;
}

runMain(async () => {
  if (await isComplete()) {
    linkCurrent();
    return say(`setup: everything is there (${totalTime()})`);
  }
  // The network and the compiler wait for different things, so the downloads run beside the steps.
  const modules = downloadAll();
  const wheels = downloadPythonFiles();
  // A failure is reported by the step that needs the result.
  modules.catch(() => undefined);
  wheels.catch(() => undefined);
  await runSteps([
    { title: 'Debian packages', work: installDebianPackages },
    ...toolSets().map((set) => ({ title: `compile ${set.folder} ${set.version}`, work: () => buildToolSet(set) })),
    { title: 'Go modules', work: () => modules.then(() => 'complete') },
    { title: 'Python files', work: () => wheels },
  ]);
  linkCurrent();
  say(`setup is complete (${totalTime()}): tools in ${currentBinDir}`);
});
