import { servicePackage } from '../chaincode/package.ts';
import type { ChaincodeDefinition } from '../client/lifecycle.ts';
import type { Endpoint } from '../names.ts';
import { eventually } from './eventually.ts';
import type { TestMember } from './founding-block.ts';

/** Installs chaincode that runs as a service on one member's peer. @returns MSP id and package id */
export async function installOn({ institution, peer }: TestMember, definition: ChaincodeDefinition, service: Endpoint): Promise<[string, string]> {
  const built = servicePackage({ label: `${definition.name}_${definition.sequence}`, service });
  return [institution.mspId, (await peer.admin.install(built.octets)).packageId];
}

/** Approves a definition for these members, commits it through the first, and waits until every peer knows it. */
export async function agreeOn(channel: string, members: readonly TestMember[], definition: ChaincodeDefinition, packageIds: Readonly<Record<string, string>>): Promise<void> {
  const lifecycles = members.map(({ institution, peer }) => [institution.mspId, peer.lifecycle(channel)] as const);
  try {
    for (const [mspId, lifecycle] of lifecycles) {
      // A gateway that has just started does not know its peers yet.
      await eventually(`approval of ${mspId}`, async () => {
        await lifecycle.approve(definition, packageIds[mspId]);
        return true;
      });
    }
    await eventually('commit of the definition', async () => {
      await lifecycles[0]?.[1].commit(definition);
      return true;
    });
    await eventually('definition on every peer', async () => {
      const all = await Promise.all(lifecycles.map(([, lifecycle]) => lifecycle.committed(definition.name)));
      return all.every((each) => each?.sequence === definition.sequence);
    });
  } finally {
    lifecycles.forEach(([, lifecycle]) => lifecycle.close());
  }
}
