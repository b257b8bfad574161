import { HackError } from '../lib/hack-error.ts';
import { runMain } from '../lib/main-guard.ts';
import { say } from '../lib/progress.ts';
import { run } from '../lib/run.ts';
import { tool } from '../setup/build-tools.ts';
import { clusterDown } from './down.ts';
import { foreignKubeconfig } from './foreign-cluster.ts';
import { files } from './layout.ts';
import { showStatus } from './status.ts';
import { clusterUp } from './up.ts';

/** A cluster that the user brought is asked for an answer and otherwise left alone. */
async function checkForeign(kubeconfig: string): Promise<void> {
  const { stdout } = await run(tool('kubectl'), ['--kubeconfig', kubeconfig, 'version', '--request-timeout=10s']);
  say(`KUBECONFIG is set: using the cluster of ${kubeconfig}\n${stdout.trimEnd()}`);
}

async function main(): Promise<void> {
  const [command] = process.argv.slice(2);
  const foreign = foreignKubeconfig();
  if (command === 'up') return foreign === undefined ? clusterUp() : checkForeign(foreign);
  if (command === 'down') return clusterDown();
  if (command === 'kubeconfig') return say(`export KUBECONFIG=${foreign ?? files.adminKubeconfig}`);
  if (command === 'status') {
    if (foreign !== undefined) return checkForeign(foreign);
    if (!(await showStatus())) process.exitCode = 1;
    return;
  }
  throw new HackError('BAD_ARGUMENT', 'usage: main.ts up | down | status | kubeconfig');
}

runMain(main);
