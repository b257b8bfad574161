import {
  type ApprovalKind,
  type Delegation,
  type Json,
  type JsonObject,
  type SignedTransaction,
  type TransactionPayload,
  approvalPayload,
  digestOf,
  newNonce,
  newPayload,
  sealJson,
  sealedAad,
  signDelegation,
  signTransaction,
} from '@collabnet/envelope';
import { type Sm2KeyPair, generateSm2KeyPair, sm2Sign } from '@collabnet/sm';
import {
  type AlgorithmContent,
  type AssetContent,
  CONTRACTS_VERSION,
  DEFAULT_RIGHTS,
  DEFAULT_RULES,
  type FabricOrganisation,
  type GenesisPayload,
  type GrantContent,
  type JoinRequest,
  type NetworkRules,
  joinDigest,
  joinProof,
  networkIdOf,
} from '../index.ts';
import { type Actor, type TestInstitution, describeInstitution, makeInstitution, setNetwork } from './actors.ts';
import type { Driver, MakeDriver } from './driver.ts';

/** 2026-01-01T00:00:00Z, ms */
export const START = 1_767_225_600_000;
export const MINUTE = 60_000;
/** Contracts as a candidate on Fabric names them. */
export const STATED_CONTRACTS = `${CONTRACTS_VERSION}+sha256.${'ab'.repeat(32)}`;

type Changes = Partial<
  Pick<TransactionPayload, 'network' | 'kind' | 'expires' | 'delegations' | 'sealed' | 'nonce' | 'principal' | 'keyId'>
>;

/** A network on a ledger under test, with shortcuts for everything that the suites do often. */
export class TestNetwork {
  readonly driver: Driver;
  readonly founder: TestInstitution;

  private constructor(driver: Driver, founder: TestInstitution) {
    this.driver = driver;
    this.founder = founder;
  }

  /** Founds a network of one member, `bank-a`, which has every role of a working institution and Operator. */
  static async found(
    makeDriver: MakeDriver,
    rules: Partial<NetworkRules> = {},
    driver: GenesisPayload['ledger']['driver'] = 'embedded',
  ): Promise<TestNetwork> {
    const founder = makeInstitution('0'.repeat(64), 'bank-a', [
      'Operator',
      'ComputeParty',
      'DataProvider',
      'DataUser',
      'AlgorithmProvider',
    ]);
    const payload: GenesisPayload = {
      schema: 'collabnet.dev/genesis/v1',
      displayName: 'test network',
      createdAt: START,
      founder: describeInstitution(founder),
      ledger: { driver, blockSigningKey: generateSm2KeyPair().publicKey },
      rights: DEFAULT_RIGHTS,
      contractsVersion: CONTRACTS_VERSION,
      rules: { ...DEFAULT_RULES, ...rules },
      salt: newNonce(),
    };
    setNetwork(founder, networkIdOf(payload));
    const sign = (message: string): string => sm2Sign(message, founder.keys.privateKey);
    return new TestNetwork(await makeDriver(payload, sign), founder);
  }

  get id(): string {
    return this.driver.networkId;
  }

  close(): Promise<void> {
    return Promise.resolve(this.driver.close?.());
  }

  // --- signing ---

  /** Signs a command without sending it. */
  sign(
    actor: Actor,
    contract: string,
    method: string,
    args: object,
    changes: Changes = {},
  ): Promise<SignedTransaction> {
    const payload = newPayload({
      network: this.id,
      kind: 'Command',
      contract,
      method,
      expires: this.driver.now() + 10 * MINUTE,
      principal: { type: actor.type, scheme: 'DID', id: actor.did },
      keyId: actor.keyId,
      public: args as JsonObject,
      ...changes,
    });
    return signTransaction(payload, (message) => sm2Sign(message, actor.keys.privateKey));
  }

  /** Signs and sends. */
  async send<T>(actor: Actor, name: string, args: object, changes: Changes = {}): Promise<T> {
    const [contract = '', method = ''] = name.split('.');
    const { result } = await this.driver.execute(await this.sign(actor, contract, method, args, changes));
    return result as T;
  }

  async query<T>(name: string, args: object = {}): Promise<T> {
    const [contract = '', method = ''] = name.split('.');
    return (await this.driver.query(contract, method, args as JsonObject)) as T;
  }

  /** A person's consent, built as console and command line do. */
  signConsent(
    person: Actor,
    kind: ApprovalKind,
    subject: { id: string; digest: string },
    options: { decision?: 'Approve' | 'Refuse'; body?: object; expires?: number } = {},
  ): Promise<SignedTransaction> {
    const { decision = 'Approve', body, expires = this.driver.now() + 60 * MINUTE } = options;
    const payload = approvalPayload({
      network: this.id,
      subject: { kind, ...subject },
      decision,
      reason: 'tested',
      signer: { did: person.did, keyId: person.keyId },
      nonce: newNonce(),
      expires,
      ...(body === undefined ? {} : { body: body as JsonObject }),
    });
    return signTransaction(payload, (message) => sm2Sign(message, person.keys.privateKey));
  }

  async consent<T>(...args: Parameters<TestNetwork['signConsent']>): Promise<T> {
    const { result } = await this.driver.execute(await this.signConsent(...args));
    return result as T;
  }

  /** Delegates actions of an institution to an attempt's key. */
  delegate(
    from: TestInstitution,
    to: Sm2KeyPair,
    actions: string[],
    scope: { task?: string; attempt?: string } = {},
  ): Promise<Delegation> {
    return signDelegation(
      {
        schema: 'collabnet.dev/delegation/v1',
        network: this.id,
        id: newNonce(),
        delegator: { id: from.did, keyId: from.keyId },
        delegate: { type: 'workload', id: `${from.did}.pod`, publicKey: to.publicKey },
        actions,
        ...scope,
        notBefore: this.driver.now() - MINUTE,
        expires: this.driver.now() + 60 * MINUTE,
      },
      (message) => sm2Sign(message, from.keys.privateKey),
    );
  }

  /** Seals content for institutions, under the nonce that the transaction must then carry. */
  seal(
    contract: string,
    method: string,
    content: object,
    to: TestInstitution[],
  ): Required<Pick<Changes, 'nonce' | 'sealed'>> {
    const nonce = newNonce();
    const recipients = to.map((each) => ({ keyId: `${each.did}#agree-1`, publicKey: each.agree.publicKey }));
    return {
      nonce,
      sealed: sealJson(content as JsonObject, recipients, sealedAad({ network: this.id, contract, method, nonce })),
    };
  }

  // --- membership ---

  /** Invites, and returns the key that the candidate gets by another way. */
  async invite(invitationId: string, expires = this.driver.now() + 60 * MINUTE): Promise<Sm2KeyPair> {
    const pair = generateSm2KeyPair();
    await this.send(this.founder, 'membership.invite', {
      invitationId,
      invitationKey: pair.publicKey,
      displayName: invitationId,
      expires,
    });
    return pair;
  }

  requestOf(institution: TestInstitution, fabric?: FabricOrganisation): JoinRequest {
    return { did: institution.did, ...describeInstitution(institution), ...(fabric && { fabric }) };
  }

  async askToJoin(
    institution: TestInstitution,
    invitationId: string,
    invitationKey: Sm2KeyPair,
    fabric?: FabricOrganisation,
    contracts: string | undefined = fabric && STATED_CONTRACTS,
  ): Promise<string> {
    const request = this.requestOf(institution, fabric);
    const proof = joinProof(invitationKey.privateKey, this.id, invitationId, request);
    await this.send(institution, 'membership.join', { invitationId, request, proof, ...(contracts && { contracts }) });
    return joinDigest(this.id, invitationId, request);
  }

  voteOn<T>(person: Actor, join: string, decision: 'Approve' | 'Refuse' = 'Approve'): Promise<T> {
    return this.consent<T>(person, 'Membership', { id: join, digest: join }, { decision });
  }

  /** An institution that was voted in comes. */
  activate<T>(institution: TestInstitution): Promise<T> {
    return this.send<T>(institution, 'membership.activate', {});
  }

  /** The whole way in: invitation, request, the votes of all given members, its coming. */
  async admit(code: string, voters: TestInstitution[], fabric?: FabricOrganisation): Promise<TestInstitution> {
    const institution = makeInstitution(this.id, code);
    const join = await this.askToJoin(institution, `invite-${code}`, await this.invite(`invite-${code}`), fabric);
    const needed = Math.floor(voters.length / 2) + 1;
    for (const voter of voters.slice(0, needed)) await this.voteOn(voter.manager, join);
    await this.activate(institution);
    return institution;
  }

  // --- what flows need ---

  assetOf(owner: TestInstitution, name = 'customers'): AssetContent {
    return {
      assetId: `${owner.code}/${name}`,
      displayName: name,
      description: 'made for tests',
      fingerprint: 'ab'.repeat(32),
      columns: [
        { name: 'id', type: 'String', role: 'Identifier' },
        { name: 'born', type: 'Date', role: 'Identifier' },
        { name: 'score', type: 'Decimal', role: 'Feature' },
      ],
      classification: { jrtLevel: 3, nationalClass: 'General', personalInformation: true },
      source: { lawfulBasis: 'consent' },
    };
  }

  publish<T>(owner: TestInstitution, content: AssetContent = this.assetOf(owner)): Promise<T> {
    return this.send<T>(owner, 'catalogue.publish', content);
  }

  algorithmOf(version = '1.0.0'): AlgorithmContent {
    return {
      name: 'spu-psi',
      version,
      engine: 'spu',
      operators: ['Intersection', 'Difference'],
      image: 'collabnet/engine-spu:0.9.5',
      imageDigest: `sha256:${'1'.repeat(64)}`,
      trustClass: 'ReviewedProtocol',
      trustModels: ['TwoPartySemiHonest'],
      leakage: 'sizes of both sets',
    };
  }

  /** Registers an algorithm and has it approved by these members. */
  async approveAlgorithm(voters: TestInstitution[], content: AlgorithmContent = this.algorithmOf()): Promise<void> {
    await this.send(this.founder, 'algorithms.register', content);
    const subject = { id: `${content.name}/${content.version}`, digest: digestOf(content) };
    for (const voter of voters) await this.consent(voter.officer, 'Algorithm', subject);
  }

  grantOf(owner: TestInstitution, grantee: TestInstitution, changes: Partial<GrantContent> = {}): GrantContent {
    return {
      id: `grant-${newNonce()}`,
      asset: `${owner.code}/customers`,
      grantee: grantee.did,
      purpose: 'fraud screening',
      algorithms: [{ name: 'spu-psi', versions: ['1.0.0'] }],
      trustModels: ['TwoPartySemiHonest'],
      form: { type: 'Period', notBefore: START, notAfter: START + 24 * 60 * MINUTE },
      ...changes,
    };
  }

  async grant(owner: TestInstitution, content: GrantContent): Promise<GrantContent> {
    await this.consent(
      owner.manager,
      'Grant',
      { id: content.id, digest: digestOf(content as unknown as Json) },
      { body: content },
    );
    return content;
  }

  revoke<T>(owner: TestInstitution, content: GrantContent, by: Actor = owner.manager): Promise<T> {
    const subject = { id: content.id, digest: digestOf(content) };
    if (by.type === 'person') return this.consent<T>(by, 'GrantRevocation', subject);
    const args = { subject: { kind: 'GrantRevocation', ...subject }, decision: 'Approve', reason: 'withdrawn' };
    return this.send<T>(by, 'grants.revoke', args);
  }
}
