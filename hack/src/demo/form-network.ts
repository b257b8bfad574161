import type { CollabNetwork } from '@collabnet/crds';
import { collabnet, kubectl } from './cluster.ts';
import { apply, get, waitReady } from './objects.ts';
import { waitFor } from '../lib/run.ts';
import { NETWORK, SUPERVISOR, type DemoInstitution } from './institutions.ts';
import { foundersNetwork, institutionDid, membersNetwork, type EngineImage, type FoundingRules, type Manifest } from './manifests.ts';

const READY_MS = 180_000;

/** Makes the person's key (once) and returns the ParticipantDID that presents it. */
export async function person(institution: DemoInstitution): Promise<Manifest> {
  const { namespace, code } = institution;
  const { name, displayName, roles } = institution.person;
  const describe = ['--manifest', '--person', name, '--subject-code', `${code}.${name}`, '--display-name', displayName, '--roles', ...roles];
  const existing = await collabnet(namespace, ['key', 'show', name, ...describe, '-o', 'json'], { allowFailure: true });
  const shown = existing.code === 0 ? existing : await collabnet(namespace, ['key', 'create', name, ...describe, '-o', 'json']);
  return JSON.parse(shown.stdout) as Manifest;
}

/** Founds the network at the supervisor, which invites the guests. */
export async function foundNetwork(engine: EngineImage, founder: DemoInstitution = SUPERVISOR, guests?: readonly DemoInstitution[], rules?: FoundingRules): Promise<void> {
  await apply(founder.namespace, [institutionDid(founder), await person(founder), foundersNetwork(engine, founder, guests, rules)]);
  await waitReady(founder.namespace, 'collabnetwork', NETWORK, READY_MS);
}

/** Lets an institution join: the invitation is handed over, the members vote, the credentials come back. */
export async function joinNetwork(member: DemoInstitution, voters: readonly DemoInstitution[], founder: DemoInstitution = SUPERVISOR): Promise<void> {
  if ((await membership(member)) !== 'Active') await askAndVote(member, voters, founder);
  await waitReady(member.namespace, 'collabnetwork', NETWORK, READY_MS);
}

async function askAndVote(member: DemoInstitution, voters: readonly DemoInstitution[], founder: DemoInstitution): Promise<void> {
  const { namespace, code, displayName } = member;
  if ((await membership(member)) === undefined) {
    const invitation = await collabnet(founder.namespace, ['invitation', 'export', code]);
    await kubectl(namespace, ['apply', '-f', '-'], { input: invitation.stdout });
    await apply(namespace, [institutionDid(member), await person(member), membersNetwork(member)]);
  }
  await waitFor(`the request of ${displayName}`, async () => (await membership(member)) !== undefined, READY_MS, 500);
  for (const voter of voters) await voteFor(member, voter);
}

async function membership(member: DemoInstitution): Promise<string | undefined> {
  return (await get<CollabNetwork>(member.namespace, 'collabnetwork', NETWORK))?.status?.membership;
}

async function voteFor(member: DemoInstitution, voter: DemoInstitution): Promise<void> {
  const pending = async (): Promise<string | undefined> => {
    const network = await get<CollabNetwork>(voter.namespace, 'collabnetwork', NETWORK);
    return network?.status?.pendingJoins?.find(({ did }) => did?.endsWith(`:${member.code}`))?.id;
  };
  let id: string | undefined;
  await waitFor(`the request of ${member.displayName} at ${voter.displayName}`, async () => (id = await pending()) !== undefined || (await membership(member)) === 'Active', READY_MS, 500);
  if (id === undefined) return;
  await collabnet(voter.namespace, ['approve', `join/${id}`, '--key', voter.person.name, '--reason', `${member.displayName} is a supervised bank`, '--yes']);
}

/** Algorithms that the founder registers, all in version 1.0.0. */
export const ALGORITHMS = ['psi', 'sets', 'mpc', 'debt-burden', 'denial-rates'] as const;

/** Members vote on the registered algorithms until they are approved. */
export async function approveAlgorithms(voters: readonly DemoInstitution[], founder: DemoInstitution = SUPERVISOR): Promise<void> {
  for (const name of ALGORITHMS) await approveAlgorithm(name, voters, founder);
}

async function approveAlgorithm(name: string, voters: readonly DemoInstitution[], founder: DemoInstitution): Promise<void> {
  const stateAt = async ({ namespace }: DemoInstitution): Promise<string | undefined> =>
    (await get<CollabNetwork>(namespace, 'collabnetwork', NETWORK))?.status?.algorithms?.find((each) => each.name === name && each.version === '1.0.0')?.state;
  await waitFor(`the registration of ${name}`, async () => (await stateAt(founder)) !== undefined, READY_MS, 500);
  for (const voter of voters) {
    if ((await stateAt(founder)) === 'Approved') return;
    await waitFor(`${name} at ${voter.displayName}`, async () => (await stateAt(voter)) !== undefined, READY_MS, 500);
    await collabnet(voter.namespace, ['approve', `algorithm/${name}@1.0.0`, '--key', voter.person.name, '--reason', 'reviewed protocol', '--yes']);
  }
  await waitFor(`the approval of ${name}`, async () => (await stateAt(founder)) === 'Approved', READY_MS, 500);
}
