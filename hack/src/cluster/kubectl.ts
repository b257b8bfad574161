import { run, type RunOptions, type RunResult } from '../lib/run.ts';
import { tool } from '../setup/build-tools.ts';
import { files } from './layout.ts';

/** Runs the cluster's own kubectl as its administrator. */
export function kubectl(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return run(tool('kubectl'), ['--kubeconfig', files.adminKubeconfig, ...args], options);
}
