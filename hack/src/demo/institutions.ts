import { ledgerDriver } from './ledger.ts';

/** An institution of the demo: one namespace, one Helm release, one or more persons. */
export interface DemoInstitution {
  readonly namespace: string;
  /** Subject code, also the name of its ParticipantDID. */
  readonly code: string;
  readonly displayName: string;
  readonly roles: readonly string[];
  readonly person: { readonly name: string; readonly displayName: string; readonly roles: readonly string[] };
  readonly hostsHub: boolean;
}

/** The demo on Fabric has namespaces of its own, so that both can be run on one cluster, in any order. */
const PREFIX = ledgerDriver() === 'fabric' ? 'fabric-' : '';

export const SUPERVISOR: DemoInstitution = {
  namespace: `${PREFIX}supervisor`,
  code: 'supervisor',
  displayName: 'Financial supervisor',
  roles: ['Operator', 'Supervisor', 'Auditor', 'AlgorithmProvider'],
  person: { name: 'officer', displayName: 'Security officer of the supervisor', roles: ['SecurityOfficer'] },
  hostsHub: true,
};

export const BANK_A: DemoInstitution = {
  namespace: `${PREFIX}bank-a`,
  code: 'bank-a',
  displayName: 'Bank A',
  roles: ['DataProvider', 'ComputeParty', 'DataUser'],
  person: { name: 'li-wei', displayName: 'Data manager of Bank A', roles: ['DataManager', 'SecurityOfficer'] },
  hostsHub: false,
};

export const BANK_B: DemoInstitution = {
  namespace: `${PREFIX}bank-b`,
  code: 'bank-b',
  displayName: 'Bank B',
  roles: ['DataProvider', 'ComputeParty'],
  person: { name: 'wang-fang', displayName: 'Data manager of Bank B', roles: ['DataManager', 'SecurityOfficer'] },
  hostsHub: false,
};

export const INSTITUTIONS = [SUPERVISOR, BANK_A, BANK_B] as const;

/** Name of the CollabNetwork in every namespace. */
export const NETWORK = 'demo';
