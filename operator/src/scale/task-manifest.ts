import { API_VERSION, type ComputeTask } from '@collabnet/crds';
import { NETWORK } from './names.ts';
import type { World } from './world.ts';

/** A task of two parties and one step, as the API server stores it. */
function taskSpec(world: World, runID: string): ComputeTask['spec'] {
  return {
    networkRef: { name: NETWORK },
    suspend: false,
    priority: 'Normal',
    runID,
    purpose: 'fraud screening',
    trustModel: 'TwoPartySemiHonest',
    wireProfile: 'intl',
    approvalTimeout: '24h',
    timeout: '1h',
    maxAttempts: 2,
    auditors: [],
    parties: [
      { name: 'a', did: world.network.founder.did },
      { name: 'b', did: world.peer.did },
    ],
    steps: [
      {
        name: 'match',
        operator: 'Intersection',
        algorithm: { name: 'spu-psi', version: '1.0.0' },
        roles: { compute: ['a', 'b'], receivers: ['a'] },
        inputs: [
          { name: 'left', party: 'a', asset: 'bank-a/customers', keys: ['id'], columns: [] },
          { name: 'right', party: 'b', asset: 'bank-b/customers', keys: ['id'], columns: ['score'] },
        ],
        parameters: { protocol: 'RR22' },
        outputs: [{ name: 'matched', receivers: ['a'] }],
      },
    ],
  };
}

export function taskManifest(world: World, name: string): ComputeTask {
  return { apiVersion: API_VERSION, kind: 'ComputeTask', metadata: { name }, spec: taskSpec(world, name) };
}
