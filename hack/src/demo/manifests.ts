import type { ComputeTaskSpecInput, CollabNetworkSpecInput, DataAssetSpecInput, ParticipantDIDSpecInput } from '@collabnet/crds';
import { API_VERSION } from '@collabnet/crds';
import { BANK_A, BANK_B, NETWORK, SUPERVISOR, type DemoInstitution } from './institutions.ts';
import { foundersLedger, ledgerDriver } from './ledger.ts';

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  spec: unknown;
}

function manifest<Spec>(kind: string, name: string, spec: Spec): Manifest {
  return { apiVersion: API_VERSION, kind, metadata: { name }, spec };
}

export function institutionDid({ code, displayName, roles }: DemoInstitution): Manifest {
  return manifest<ParticipantDIDSpecInput>('ParticipantDID', code, { type: 'Institution', subjectCode: code, displayName, roles: [...roles] as ParticipantDIDSpecInput['roles'] });
}

const SETS_IMAGE = 'collabnet/engine-sets:dev';

export interface EngineImage {
  image: string;
  imageDigest?: string;
}

/** Rules of a network that its founder may choose. */
export type FoundingRules = Pick<NonNullable<CollabNetworkSpecInput['founding']>, 'recoveryLock'>;

/** An algorithm of a member's own, as its provider writes it. */
const DEBT_BURDEN = `# Who carries a heavy debt, how often they are denied a loan, and how far debts lie apart.
heavy = dir > 0.4
poor = heavy and ccs >= 3
reveal applicants_heavy = count(heavy)
reveal share_poor = mean(if(poor, 1, 0))
reveal denied_of_heavy = count(heavy and deny = 'yes') / count(heavy)
centre = mean(dir)
apart = dir - centre
reveal variance = mean(apart * apart)
reveal loan_to_value_of_poor = sum(if(poor, lvr, 0)) / count(poor)
`;

const DENIAL_RATES = `-- How often loans were denied, and how heavy debts were, by credit score.
SELECT s.ccs AS score, count(*) AS applicants, avg(s.deny = 'yes') AS denied, avg(l.dir) AS debt_ratio
FROM loans AS l JOIN scores AS s ON l.id_card = s.cert_no AND l.branch = s.office
GROUP BY s.ccs ORDER BY s.ccs
`;

/** The founder's network, with an invitation for each guest, the algorithms of both engines, and two with a program of their own. */
export function foundersNetwork(engine: EngineImage, founder: DemoInstitution = SUPERVISOR, guests: readonly DemoInstitution[] = [BANK_A, BANK_B], rules: FoundingRules = {}): Manifest {
  const hub = `nats-hub.${founder.namespace}.svc`;
  return manifest<CollabNetworkSpecInput>('CollabNetwork', NETWORK, {
    displayName: 'Joint risk network',
    didRef: { name: founder.code },
    personRefs: [{ name: founder.person.name }],
    ledger: foundersLedger(ledgerDriver()),
    founding: { hubURL: `tls://${hub}:7422`, hubClientURL: `tls://${hub}:4222`, ...rules },
    invitations: guests.map(({ code, displayName }) => ({ name: code, displayName })),
    algorithms: [
      {
        name: 'psi',
        version: '1.0.0',
        engine: 'spu',
        operators: ['Intersection', 'Difference', 'Join'],
        ...engine,
        trustClass: 'ReviewedProtocol',
        trustModels: ['TwoPartySemiHonest', 'ThreePartyHonestMajority'],
        leakage: 'Each party learns the size of the other input; the receiver learns which of its own rows match. Semi-honest parties only.',
      },
      {
        name: 'mpc',
        version: '1.0.0',
        engine: 'spu',
        operators: ['Expression', 'Statistics', 'CrossTable', 'Binning', 'Regression', 'GradientBoosting', 'KMeans', 'Predict', 'Evaluate', 'Explain'],
        ...engine,
        trustClass: 'ReviewedProtocol',
        trustModels: ['TwoPartySemiHonest', 'ThreePartyHonestMajority'],
        leakage:
          'Computes on secret shares: CHEETAH with two parties, ABY3 with three, of whom no two may put together what they see. All learn the number of rows and the names of columns; receivers learn the figures, metrics, coefficients or scores of the step. Semi-honest parties only.',
      },
      {
        name: 'debt-burden',
        version: '1.0.0',
        engine: 'spu',
        operators: ['Program'],
        ...engine,
        program: DEBT_BURDEN,
        trustClass: 'ReviewedProtocol',
        trustModels: ['TwoPartySemiHonest', 'ThreePartyHonestMajority'],
        leakage: 'Receivers learn the five figures that the program reveals, of all joined rows. All learn the number of rows and the order of magnitude of the largest value of each column. Semi-honest parties only.',
      },
      {
        name: 'denial-rates',
        version: '1.0.0',
        engine: 'sets',
        operators: ['SqlQuery'],
        image: SETS_IMAGE,
        program: DENIAL_RATES,
        trustClass: 'ReviewedProtocol',
        trustModels: ['TrustedExecution', 'SimulatedTrustedExecution'],
        leakage: 'Receivers learn, for each score with enough applicants, how many there are, the share of denials and the mean debt ratio. The tables meet in the clear at the host: who breaks its trusted execution environment, or hosts without one, can read them.',
      },
      {
        name: 'sets',
        version: '1.0.0',
        engine: 'sets',
        operators: ['Intersection', 'Difference', 'Union', 'Cardinality', 'Join', 'PrivateQuery', 'Deliver'],
        image: SETS_IMAGE,
        trustClass: 'ReviewedProtocol',
        trustModels: ['TwoPartySemiHonest', 'MultiPartySemiHonest', 'ThreePartyHonestMajority'],
        leakage:
          'Each party learns the sizes of the other inputs. Intersection and Difference: the receiver learns which of its own rows belong to it. Union: the receiver gets the keys of the other that it has not, in the clear. Cardinality: the receiver learns a number. PrivateQuery: the receiver gets columns of the other for the keys it asks for, the other learns how many these are. Deliver: the receivers get the rows as they are. With three or more parties nobody learns what two of them share, unless two put together what they see.',
      },
    ],
  });
}

export function membersNetwork(member: DemoInstitution): Manifest {
  return manifest<CollabNetworkSpecInput>('CollabNetwork', NETWORK, {
    displayName: 'Joint risk network',
    didRef: { name: member.code },
    personRefs: [{ name: member.person.name }],
    ledger: { driver: ledgerDriver() },
    join: { invitationSecretRef: { name: `${NETWORK}-invitation-${member.code}` } },
  });
}

/** A volume for source files, as a bank's data team would have one. */
export function sourceClaim(name: string): object {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '256Mi' } } },
  };
}

export type AssetColumns = DataAssetSpecInput['columns'];

export function customersAsset(claim: string, columns: AssetColumns, displayName: string): Manifest {
  return manifest<DataAssetSpecInput>('DataAsset', 'customers', {
    networkRef: { name: NETWORK },
    displayName,
    description: 'Mortgage applications of the year 1990',
    source: { file: { claimName: claim, path: 'customers.csv', format: 'CSV' } },
    columns,
    classification: { jrtLevel: 3, nationalClass: 'General', personalInformation: true },
    lawfulBasis: { basis: 'Consent', purpose: 'Credit risk', subjectAuthorisation: 'Application form 1990, section 4' },
    profile: { publish: ['RowCount'] },
  });
}

/** Bank A asks which of its applicants also applied at Bank B; only Bank A receives the result. */
export function intersectionTask(dids: { bankA: string; bankB: string; supervisor: string }, name: string): Manifest {
  return manifest<ComputeTaskSpecInput>('ComputeTask', name, {
    networkRef: { name: NETWORK },
    purpose: 'joint-credit-risk',
    trustModel: 'TwoPartySemiHonest',
    wireProfile: 'intl',
    auditors: [dids.supervisor],
    parties: [
      { name: 'a', did: dids.bankA },
      { name: 'b', did: dids.bankB },
    ],
    steps: [
      {
        name: 'intersect',
        operator: 'Intersection',
        algorithm: { name: 'psi', version: '1.0.0' },
        roles: { compute: ['a', 'b'], receivers: ['a'] },
        inputs: [
          { name: 'left', party: 'a', asset: 'customers', keys: ['id_card', 'branch'], columns: ['dir', 'lvr'] },
          { name: 'right', party: 'b', asset: 'customers', keys: ['cert_no', 'office'] },
        ],
        outputs: [{ name: 'result', receivers: ['a'] }],
      },
    ],
  });
}
