import { runMain } from '../lib/main-guard.ts';
import { runSteps, say, totalTime } from '../lib/progress.ts';
import { buildToolSet, downloadModules, linkCurrent } from './build-tools.ts';
import { installDebianPackages } from './debian-packages.ts';
import { toolSets } from './tool-sets.ts';
import { downloadPythonFiles } from './wheels.ts';

/** Fetches the modules of all sets one after another, in the order in which they are compiled. */
async function downloadAll(): Promise<void> {
  for (const set of toolSets()) await downloadModules(set);
}

runMain(async () => {
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
    {
      title: 'plain names for PATH',
      work: async () => {
        linkCurrent();
        return Promise.resolve('done');
      },
    },
  ]);
  say(`setup is complete (${totalTime()})`);
});
