import type { CollabNetwork, ParticipantDID } from '@collabnet/crds';
import { validateCollabNetwork } from '@collabnet/crds';
import { keyOf, watches, type Controller, type Informer, type Manager, type ReconcileContext, type Step } from '../../runtime/index.ts';
import { guardBy } from '../guard.ts';
import { COLLAB_NETWORK } from '../kinds.ts';
import type { NetworkRun, NetworkServices, NetworkStep } from './network-run.ts';
import { admitMembers } from './steps/admit-members.ts';
import { agreeOnChannel } from './steps/agree-on-channel.ts';
import { endAlgorithms } from './steps/end-algorithms.ts';
import { ensureFabric } from './steps/ensure-fabric.ts';
import { ensureLedgerHost } from './steps/ensure-ledger-host.ts';
import { ensureLocalServer } from './steps/ensure-local-server.ts';
import { foundLedger } from './steps/found-ledger.ts';
import { foundNetwork } from './steps/found-network.ts';
import { heedMembers } from './steps/heed-members.ts';
import { issueInvitations } from './steps/issue-invitations.ts';
import { joinNetwork } from './steps/join-network.ts';
import { leaveNetwork, rememberLeft } from './steps/leave-network.ts';
import { loadAccess } from './steps/load-access.ts';
import { loadIdentity } from './steps/load-identity.ts';
import { openSession } from './steps/open-session.ts';
import { registerAlgorithms } from './steps/register-algorithms.ts';
import { reportStatus } from './steps/report-status.ts';
import { requireQuorum } from './steps/require-quorum.ts';
import { serveCandidates } from './steps/serve-candidates.ts';
import { upgradeLedger } from './steps/upgrade-ledger.ts';

/** In this order a network comes to be; each step finds what an earlier run has already done. */
const STEPS: readonly NetworkStep[] = [
  loadIdentity,
  foundNetwork,
  joinNetwork,
  loadAccess,
  rememberLeft,
  ensureLedgerHost,
  ensureLocalServer,
  ensureFabric,
  foundLedger,
  openSession,
  serveCandidates,
  requireQuorum,
  upgradeLedger,
  heedMembers,
  leaveNetwork,
  agreeOnChannel,
  admitMembers,
  issueInvitations,
  registerAlgorithms,
  endAlgorithms,
  reportStatus,
];

/** Controller of CollabNetwork: founds or joins a network and keeps this institution's place in it. */
export function collabNetworkController(
  manager: Manager,
  informer: Informer<CollabNetwork>,
  participants: Informer<ParticipantDID>,
  services: NetworkServices,
): Controller<CollabNetwork> {
  const runs = new WeakMap<ReconcileContext<CollabNetwork>, NetworkRun>();
  const runOf = (ctx: ReconcileContext<CollabNetwork>): NetworkRun => {
    const run = runs.get(ctx) ?? { ctx, network: ctx.object, services };
    runs.set(ctx, run);
    return run;
  };
  const step = (each: NetworkStep): Step<CollabNetwork> => (ctx) => each(runOf(ctx));
  const keys = (): string[] => informer.list().map(keyOf);
  const controller = manager.controller<CollabNetwork>({
    name: 'collabnetwork',
    type: COLLAB_NETWORK,
    informer,
    guard: guardBy(validateCollabNetwork),
    steps: STEPS.map(step),
    watches: [watches(participants, keys)],
    workers: 1,
  });
  services.sessions.onChange((network) => controller.enqueue(`${services.namespace}/${network}`));
  return controller;
}
