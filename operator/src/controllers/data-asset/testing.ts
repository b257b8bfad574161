import type { DataAsset } from '@collabnet/crds';
import type { OperatorConfig } from '../../institution/config.ts';

/** A DataAsset as the API server stores it; `change` bends it. */
export function testAsset(name = 'customers', change: (asset: DataAsset) => void = () => undefined): DataAsset {
  const asset: DataAsset = {
    apiVersion: 'collabnet.dev/v1alpha1',
    kind: 'DataAsset',
    metadata: { name, namespace: 'bank', uid: `uid-${name}`, generation: 1 },
    spec: {
      networkRef: { name: 'demo' },
      displayName: 'Customers',
      suspend: false,
      source: { file: { claimName: 'source', path: `${name}.csv`, format: 'CSV', delimiter: ',', encoding: 'utf-8', header: true } },
      columns: [
        { name: 'id', type: 'String', role: 'Identifier', publish: true },
        { name: 'salary', type: 'Decimal', role: 'Feature', publish: false },
      ],
      classification: { jrtLevel: 3, nationalClass: 'General', personalInformation: true },
      lawfulBasis: { basis: 'Contract', purpose: 'Lending' },
      profile: { publish: [] },
      disclosure: { minimumSetSize: 100 },
      grants: [],
    },
  };
  change(asset);
  return asset;
}

export const testConfig: OperatorConfig = {
  workers: 10,
  pkcs11Modules: [],
  images: { pullPolicy: 'IfNotPresent', pullSecrets: ['registry'], node: 'collabnet/node:test', engineSpu: 'spu', engineSets: 'sets', nats: 'nats', fabric: 'fabric' },
  hub: { enabled: false, hostnames: [] },
  compute: { engine: {}, courier: {}, scratch: { size: '1Gi', memory: false }, maximumAttempts: 16, priorityClassNames: { High: '', Normal: '', Low: '' }, byteCeiling: '16Gi', trustedExecution: { runtimeClassName: '', attester: 'http://127.0.0.1:8006' },
    minimumIsolation: 'Network' },
  dataProxy: { resources: { limits: { memory: '256Mi' } }, auditStorage: { size: '64Mi', storageClassName: '' } },
  fabric: {
    orderer: { resources: {}, storage: { size: '1Gi', storageClassName: '' } },
    peer: { resources: {}, storage: { size: '1Gi', storageClassName: '' } },
    chaincode: { replicas: 1, resources: {} },
    certManager: false,
  },
  ledgerCache: '64Mi',
  networkPolicy: { apiServer: { cidrs: ['0.0.0.0/0'], port: 443 }, fabric: { namespaces: [], cidrs: [], ports: [7050, 7051] } },
  sharedCluster: false,
  telemetry: { otlp: { endpoint: '', namespace: '', cidr: '' } },
};
