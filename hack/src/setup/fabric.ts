import { runMain } from '../lib/main-guard.ts';
import { runSteps, say, totalTime } from '../lib/progress.ts';
import { buildToolSet, downloadModules, isBuilt, linkCurrent } from './build-tools.ts';
import { fabricSets } from './tool-sets.ts';

// What `make setup` leaves out: the programs of Hyperledger Fabric.
runMain(async () => {
  const sets = fabricSets();
  if (!sets.every(isBuilt)) {
    await runSteps(
      sets.map((set) => ({
        title: `compile ${set.folder} ${set.version}`,
        work: async () => {
          await downloadModules(set);
          return buildToolSet(set);
        },
      })),
    );
    say(`the programs of Fabric are there (${totalTime()})`);
  }
  linkCurrent(sets);
});
