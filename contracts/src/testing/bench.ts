import { type Delegation, canonicalJson, digestOf } from '@collabnet/envelope';
import { type FlowProposal, buildProposal, flowSpecSchema } from '@collabnet/flow';
import { type Sm2KeyPair, generateSm2KeyPair, sm2Sign } from '@collabnet/sm';
import type { FlowRecord, FlowStepRecord, FlowStepView, GrantView, Receipt, ReservationRecord, StartResult } from '../index.ts';
import type { TestInstitution } from './actors.ts';
import type { MakeDriver } from './driver.ts';
import { MINUTE, TestNetwork } from './network.ts';

/** Names of the states that {@link Bench.bring} can bring a flow to. */
export type Stage =
  | 'AwaitingApproval'
  | 'Approved'
  | 'Pending'
  | 'Reserved'
  | 'Running'
  | 'Touched'
  | 'Succeeded'
  | 'Failed'
  | 'Cancelled'
  | 'ApprovalReject';

/** Two institutions with one asset each and an approved algorithm, and the steps of a two-party flow. */
export class Bench {
  readonly net: TestNetwork;
  readonly a: TestInstitution;
  readonly b: TestInstitution;
  #runs = 0;
  readonly #couriers = new Map<string, Sm2KeyPair>();
  readonly #delegations = new Map<string, Promise<Delegation>>();

  constructor(net: TestNetwork, b: TestInstitution) {
    this.net = net;
    this.a = net.founder;
    this.b = b;
  }

  static async make(makeDriver: MakeDriver, rules: Parameters<typeof TestNetwork.found>[1] = {}): Promise<Bench> {
    const net = await TestNetwork.found(makeDriver, rules);
    const b = await net.admit('bank-b', [net.founder]);
    await net.approveAlgorithm([net.founder, b]);
    await net.publish(net.founder);
    await net.publish(b);
    return new Bench(net, b);
  }

  /** A new proposal of bank-a over both assets; `change` bends its public part. */
  proposal(change: (proposal: FlowProposal) => void = () => {}, steps = 1): FlowProposal {
    this.#runs += 1;
    const { net, a, b } = this;
    const spec = flowSpecSchema.parse({
      schema: 'collabnet.dev/flow-spec/v1',
      runId: String(this.#runs),
      purpose: 'fraud screening',
      trustModel: 'TwoPartySemiHonest',
      wireProfile: 'intl',
      approvalTimeoutMs: 30 * MINUTE,
      timeoutMs: 20 * MINUTE,
      maxAttempts: 2,
      parties: [a, b].map((each) => ({ name: each.code, did: each.did })),
      auditors: [],
      steps: Array.from({ length: steps }, (_, n) => ({
        name: n === 0 ? 'match' : `match-${n + 1}`,
        operator: 'Intersection' as const,
        algorithm: { name: 'spu-psi', version: '1.0.0' },
        roles: { compute: ['bank-a', 'bank-b'], receivers: ['bank-a'] },
        inputs: [
          { name: 'left', party: 'bank-a', asset: 'bank-a/customers', keys: ['id'], columns: [] },
          { name: 'right', party: 'bank-b', asset: 'bank-b/customers', keys: ['id'], columns: ['score'] },
        ],
        parameters: { protocol: 'RR22', curve: 'Curve25519' },
        outputs: [{ name: 'matched', receivers: ['bank-a'] }],
      })),
    });
    const salt = new Uint8Array(16).fill(3);
    const { public: proposal } = buildProposal({
      network: net.id,
      proposer: a.did,
      namespacedName: 'a/t',
      spec,
      salt,
      now: net.driver.now(),
    });
    change(proposal);
    return proposal;
  }

  async propose(proposal: FlowProposal = this.proposal(), by = this.a): Promise<FlowRecord> {
    const sealed = this.net.seal('flows', 'propose', { spec: {}, salt: '' }, [this.a, this.b]);
    return this.net.send<FlowRecord>(by, 'flows.propose', proposal, sealed);
  }

  approve(flow: FlowRecord, owner: TestInstitution, decision: 'Approve' | 'Refuse' = 'Approve'): Promise<FlowRecord> {
    return this.net.consent<FlowRecord>(
      owner.manager,
      'Flow',
      { id: flow.flowId, digest: flow.specDigest },
      { decision },
    );
  }

  confirm(flow: FlowRecord, owner: TestInstitution): Promise<FlowRecord> {
    return this.net.send<FlowRecord>(owner, 'flows.confirm', { flowId: flow.flowId });
  }

  /** The attempt key of a party; the same for the same attempt. */
  courier(flow: FlowRecord, party: TestInstitution, attempt = 1, step = 'match'): Sm2KeyPair {
    const name = `${flow.flowId}/${step}/${attempt}/${party.code}`;
    const pair = this.#couriers.get(name) ?? generateSm2KeyPair();
    this.#couriers.set(name, pair);
    return pair;
  }

  /** The institution's delegation to that key; the same for the same attempt. */
  delegation(flow: FlowRecord, party: TestInstitution, attempt = 1, step = 'match'): Promise<Delegation> {
    const pair = this.courier(flow, party, attempt, step);
    const scope = { task: flow.flowId, attempt: String(attempt) };
    const known = this.#delegations.get(pair.publicKey) ?? this.net.delegate(party, pair, ['flows.reserve', 'flows.touch'], scope);
    this.#delegations.set(pair.publicKey, known);
    return known;
  }

  async reservation(flow: FlowRecord, party: TestInstitution, attempt = 1, step = 'match'): Promise<Record<string, unknown>> {
    return {
      flowId: flow.flowId,
      step,
      attempt,
      inputCommitments: [
        { input: party === this.a ? 'left' : 'right', commitment: (party === this.a ? 'aa' : 'bb').repeat(32) },
      ],
      courierKey: this.courier(flow, party, attempt, step).publicKey,
      delegation: await this.delegation(flow, party, attempt, step),
      imageDigest: `sha256:${'1'.repeat(64)}`,
      isolation: 'landlock',
    };
  }

  async reserve(flow: FlowRecord, party: TestInstitution, attempt = 1, step = 'match'): Promise<ReservationRecord> {
    return this.net.send<ReservationRecord>(party, 'flows.reserve', await this.reservation(flow, party, attempt, step));
  }

  start(flow: FlowRecord, party = this.a, attempt = 1, step = 'match'): Promise<StartResult> {
    return this.net.send<StartResult>(party, 'flows.start', { flowId: flow.flowId, step, attempt });
  }

  touch(flow: FlowRecord, party = this.a, attempt = 1, step = 'match'): Promise<FlowStepRecord> {
    return this.net.send<FlowStepRecord>(party, 'flows.touch', { flowId: flow.flowId, step, attempt });
  }

  fail(flow: FlowRecord, party = this.a, attempt = 1, retryable = true): Promise<FlowRecord> {
    const args = {
      flowId: flow.flowId,
      step: 'match',
      attempt,
      reason: 'PEER_LOST',
      message: 'no frames for 30 s',
      retryable,
    };
    return this.net.send<FlowRecord>(party, 'flows.fail', args);
  }

  /** A receipt whose transcript matches the other party's, as arguments of `receipts.submit`. */
  receipt(
    flow: FlowRecord,
    party: TestInstitution,
    change: (receipt: Receipt) => void = () => {},
    attempt = 1,
    step = 'match',
  ): Record<string, unknown> {
    const peer = party === this.a ? this.b : this.a;
    const [mine, theirs] = party === this.a ? ['11', '22'] : ['22', '11'];
    const receipt: Receipt = {
      schema: 'collabnet.dev/receipt/v1',
      network: this.net.id,
      flowId: flow.flowId,
      step,
      attempt,
      party: party.did,
      specDigest: flow.specDigest,
      algorithm: { name: 'spu-psi', version: '1.0.0' },
      engine: { name: 'spu', version: '0.9.5' },
      isolation: { noNewPrivs: true, seccomp: true, landlockAbi: 4, fileRules: true, tcpRules: true, canary: 'blocked' },
      wireProfile: 'intl',
      courierKey: this.courier(flow, party, attempt, step).publicKey,
      inputCommitments: [
        { input: party === this.a ? 'left' : 'right', commitment: (party === this.a ? 'aa' : 'bb').repeat(32) },
      ],
      rows: { 'out/matched': 'cc'.repeat(32) },
      transcripts: {
        [peer.did]: {
          sentDigest: mine.repeat(32),
          receivedDigest: theirs.repeat(32),
          sentBytes: party === this.a ? 10 : 20,
          receivedBytes: party === this.a ? 20 : 10,
          sentFrames: 1,
          receivedFrames: 1,
        },
      },
      phases: { prepare: 1, align: 0.5, compute: 2, clean: 0.1 },
      peakMemory: { engine: 1_000, courier: 1_000 },
      startedAt: this.net.driver.now(),
      finishedAt: this.net.driver.now(),
      attempts: [],
      result: 'Succeeded',
    };
    change(receipt);
    const signature = sm2Sign(canonicalJson(receipt), this.courier(flow, party, attempt, step).privateKey);
    return { flowId: flow.flowId, step, attempt, party: party.did, receipt, signature };
  }

  submit<T>(party: TestInstitution, args: object): Promise<T> {
    return this.net.send<T>(party, 'receipts.submit', args);
  }

  flow(flow: { flowId: string }): Promise<FlowRecord> {
    return this.net.query<FlowRecord>('flows.get', { flowId: flow.flowId });
  }

  step(flow: { flowId: string }, step = 'match'): Promise<FlowStepView> {
    return this.net.query<FlowStepView>('flows.step', { flowId: flow.flowId, step });
  }

  used(id: string): Promise<number> {
    return this.net.query<GrantView>('grants.get', { id }).then((grant) => grant.used);
  }

  /** Both owners confirm, both parties reserve, one starts. */
  async open(flow: FlowRecord): Promise<FlowRecord> {
    await this.confirm(flow, this.a);
    return this.confirm(flow, this.b);
  }

  async run(flow: FlowRecord, attempt = 1, step = 'match'): Promise<StartResult> {
    await this.reserve(flow, this.a, attempt, step);
    await this.reserve(flow, this.b, attempt, step);
    return this.start(flow, this.a, attempt, step);
  }

  /** Brings a new flow, consented to by persons, to a stage. */
  async bring(stage: Stage, proposal = this.proposal()): Promise<FlowRecord> {
    const flow = await this.propose(proposal);
    const at = (name: Stage): boolean => name === stage;
    if (at('AwaitingApproval')) return flow;
    if (at('ApprovalReject')) return this.approve(flow, this.b, 'Refuse');
    await this.approve(flow, this.a);
    await this.approve(flow, this.b);
    if (at('Approved')) return this.flow(flow);
    await this.open(flow);
    if (at('Pending')) return this.flow(flow);
    if (at('Cancelled'))
      return this.net.send<FlowRecord>(this.a, 'flows.cancel', { flowId: flow.flowId, reason: 'tested' });
    await this.reserve(flow, this.a);
    await this.reserve(flow, this.b);
    if (at('Reserved')) return this.flow(flow);
    await this.start(flow);
    if (at('Running')) return this.flow(flow);
    if (at('Failed')) return this.fail(flow, this.a, 1, false);
    await this.touch(flow);
    if (at('Touched')) return this.flow(flow);
    await this.submit(this.a, this.receipt(flow, this.a));
    await this.submit(this.b, this.receipt(flow, this.b));
    return this.flow(flow);
  }
}

/** Digest of a plain value, for suites that sign by hand. */
export const digest = digestOf;
