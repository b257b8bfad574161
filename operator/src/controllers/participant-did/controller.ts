import { validateParticipantDID, type ParticipantDID } from '@collabnet/crds';
import { keyOf, type Controller, type Informer, type Manager } from '../../runtime/index.ts';
import { guardBy } from '../guard.ts';
import { PARTICIPANT_DID } from '../kinds.ts';
import type { DidServices, DidStep } from './did-services.ts';
import { deactivatePerson } from './steps/deactivate-person.ts';
import { registerRecovery } from './steps/register-recovery.ts';
import { rotateKeys } from './steps/rotate-keys.ts';
import { settleRecoveries } from './steps/settle-recoveries.ts';
import { showKeys } from './steps/show-keys.ts';
import { showRegistrations } from './steps/show-registrations.ts';

/** What a ledger shows comes first: a later step may have to wait for a person. */
const STEPS: readonly DidStep[] = [showKeys, showRegistrations, settleRecoveries, rotateKeys, registerRecovery, deactivatePerson];

/** Controller of ParticipantDID: makes, replaces and recovers an institution's keys, and shows what the ledgers know of the subject. */
export function participantDidController(manager: Manager, informer: Informer<ParticipantDID>, services: DidServices): Controller<ParticipantDID> {
  const controller = manager.controller<ParticipantDID>({
    name: 'participantdid',
    type: PARTICIPANT_DID,
    informer,
    guard: guardBy(validateParticipantDID),
    steps: STEPS.map((step) => (ctx) => step(ctx, services)),
    workers: 1,
  });
  services.sessions.onChange((_network, events) => {
    if (events.length > 0 && !events.some((event) => event.type.startsWith('identity.') || event.type.startsWith('membership.'))) return;
    for (const each of informer.list()) controller.enqueue(keyOf(each));
  });
  return controller;
}
