import type { CollabNetwork } from '@collabnet/crds';
import { testConfig } from '../../data-asset/testing.ts';
import type { ChaincodePlan } from './chaincode-workload.ts';
import type { FabricNodePlan, FabricRole } from './node-plan.ts';

const network = { metadata: { name: 'demo', namespace: 'bank', uid: 'uid-demo' } } as CollabNetwork;

/** A node of the network `demo`, with material that is text and not certificates. */
export function testNode(role: FabricRole, change: Partial<FabricNodePlan> = {}): FabricNodePlan {
  const address = { host: `fabric-demo-${role}-0.bank.svc`, port: 7443 };
  return {
    network,
    role,
    ordinal: 0,
    mspId: 'Bank',
    address,
    advertised: address,
    ordererOverrides: [],
    image: 'collabnet/fabric:test',
    config: testConfig,
    storage: { size: '1Gi' },
    keepsVolume: true,
    resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '512Mi' } },
    material: {
      msp: { 'config.yaml': '{}', 'cacerts/0.pem': 'ca', 'signcerts/cert.pem': 'certificate', 'keystore/key.pem': 'key' },
      tls: { 'tls.crt': 'tls certificate', 'tls.key': 'tls key', 'ca.crt': 'tls ca' },
    },
    ...change,
  };
}

export function testChaincode(change: Partial<ChaincodePlan> = {}): ChaincodePlan {
  return {
    network,
    networkId: 'ab'.repeat(32),
    version: '1.4.0',
    packageId: `contracts_1.4.0:${'cd'.repeat(32)}`,
    config: testConfig,
    replicas: 1,
    resources: { limits: { memory: '256Mi' } },
    tlsSecret: 'fabric-demo-chaincode',
    startDigest: 'ef',
    ...change,
  };
}
