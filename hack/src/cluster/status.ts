import { existsSync } from 'node:fs';
import { say } from '../lib/progress.ts';
import { stateDir } from '../lib/paths.ts';
import { componentNames } from './components.ts';
import { kubectl } from './kubectl.ts';
import { files } from './layout.ts';
import { logFile, runningPid } from './process.ts';

/** True when every program of the cluster runs. */
export function isClusterRunning(): boolean {
  return componentNames.every((name) => runningPid(name) !== undefined);
}

/** Shows the programs of the cluster, its node and its pods. Resolves to whether all is well. */
export async function showStatus(): Promise<boolean> {
  if (!existsSync(files.adminKubeconfig)) {
    say('the local cluster is down (make cluster-up)');
    return false;
  }
  for (const name of componentNames) {
    const pid = runningPid(name);
    say(`${name.padEnd(26)} ${pid === undefined ? `DOWN, see ${logFile(name)}` : `running, pid ${pid}`}`);
  }
  const answer = await kubectl(['get', 'nodes,pods', '--all-namespaces', '--request-timeout=5s'], { allowFailure: true });
  say(answer.code === 0 ? answer.stdout.trimEnd() : answer.stderr.trimEnd());
  say(`state and logs: ${stateDir}`);
  return answer.code === 0 && isClusterRunning();
}
