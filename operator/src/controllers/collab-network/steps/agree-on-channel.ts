import type { StepResult } from '../../../runtime/index.ts';
import { required, type NetworkRun } from '../network-run.ts';
import { members } from './admit-members.ts';

/** Adds members to the channel of a network on Fabric, and takes those out that have left. */
export async function agreeOnChannel(run: NetworkRun): Promise<StepResult> {
  if (run.network.spec.ledger.driver !== 'fabric') return;
  const { agreeOnMembers } = await import('../fabric/steps/agree-on-channel.ts');
  return agreeOnMembers(required(run.fabric, 'nodes on Fabric'), required(run.session, 'session'), await members(run));
}
