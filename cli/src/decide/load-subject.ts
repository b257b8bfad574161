import type { CollabNetwork, ComputeTask, ParticipantDID } from '@collabnet/crds';
import type { Kube } from '../kube/kube.ts';
import { chooseNetwork } from '../kube/networks.ts';
import { flowSubject } from './flow-subject.ts';
import { membershipSubject } from './join-subject.ts';
import { algorithmSubject, personSubject } from './network-subjects.ts';
import type { Reference } from './reference.ts';
import type { Subject } from './subject.ts';

/** Reads what a reference names from the cluster. */
export async function loadSubject(kube: Kube, reference: Reference, network: string | undefined): Promise<Subject> {
  switch (reference.kind) {
    case 'Flow': {
      const task = await kube.get<ComputeTask>('computetasks', reference.task);
      return flowSubject(task, await kube.get<CollabNetwork>('collabnetworks', task.spec.networkRef.name));
    }
    case 'Membership':
      return membershipSubject(reference.id, await chooseNetwork(kube, network));
    case 'Algorithm':
      return algorithmSubject(reference.name, reference.version, await chooseNetwork(kube, network));
    case 'Person': {
      const participant = await kube.get<ParticipantDID>('participantdids', reference.participant);
      return personSubject(participant, await chooseNetwork(kube, network ?? participant.spec.networkRef?.name));
    }
  }
}
