import type { CollabNetwork } from '@collabnet/crds';
import { get, NETWORK, type DemoInstitution } from '@collabnet/hack';
import { ENGINE_IMAGE } from '../fixture/consortium.ts';
import { SUPERVISOR } from '../fixture/institutions.ts';
import { eventually, patch, type Target } from './objects.ts';

export function networkOf({ namespace }: DemoInstitution): Target {
  return { namespace, kind: 'collabnetwork', name: NETWORK };
}

/** Lets the supervisor register a version of the intersection that nobody has voted on yet; waits until all see it. */
export async function registerAlgorithm(version: string, seenBy: readonly DemoInstitution[], image = ENGINE_IMAGE): Promise<void> {
  const founder = networkOf(SUPERVISOR);
  const known = (await get<CollabNetwork>(founder.namespace, founder.kind, founder.name))?.spec.algorithms ?? [];
  const added = { name: 'psi', version, engine: 'spu', operators: ['Intersection', 'Difference'], image, trustClass: 'ReviewedProtocol', trustModels: ['TwoPartySemiHonest'], leakage: 'a version for a test' };
  await patch(founder.namespace, founder.kind, founder.name, { spec: { algorithms: [...known, added] } });
  for (const each of seenBy) await algorithmState(each, version, (state) => state !== undefined);
}

/** Takes a version out of the supervisor's specification; what the ledger has stays there. */
export async function forgetAlgorithm(version: string): Promise<void> {
  const founder = networkOf(SUPERVISOR);
  const known = (await get<CollabNetwork>(founder.namespace, founder.kind, founder.name))?.spec.algorithms ?? [];
  await patch(founder.namespace, founder.kind, founder.name, { spec: { algorithms: known.filter((each) => each.version !== version) } });
}

/** Waits until an institution sees a version of the intersection in the wanted state. */
export function algorithmState(who: DemoInstitution, version: string, wanted: (state: string | undefined) => boolean): Promise<true> {
  return eventually<CollabNetwork & { status: never }, true>(networkOf(who), `was to show psi ${version} in the wanted state`, ({ status }) => {
    const found = (status as CollabNetwork['status'])?.algorithms?.find((each) => each.name === 'psi' && each.version === version);
    return wanted(found?.state) ? true : undefined;
  });
}
