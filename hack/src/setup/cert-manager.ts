import { join } from 'node:path';
import { runMain } from '../lib/main-guard.ts';
import { certManagerResources } from '../lib/paths.ts';
import { runSteps } from '../lib/progress.ts';
import { run } from '../lib/run.ts';
import { buildToolSet, downloadModules, isBuilt, linkCurrent, pointTo } from './build-tools.ts';
import { certManagerSet, toolSetPath } from './tool-sets.ts';

const MODULE = 'github.com/cert-manager/cert-manager';

// What `make setup` leaves out: the control loops of cert-manager, and its kinds.
runMain(async () => {
  const set = certManagerSet();
  if (!isBuilt(set)) {
    await runSteps([
      {
        title: `compile ${set.folder} ${set.version}`,
        work: async () => {
          await downloadModules(set);
          return buildToolSet(set);
        },
      },
    ]);
  }
  linkCurrent([set]);
  const { stdout } = await run('go', ['list', '-m', '-f', '{{.Dir}}', MODULE], { cwd: toolSetPath(set), env: { GOFLAGS: '' } });
  pointTo(certManagerResources, join(stdout.trim(), 'deploy', 'crds'));
});
