import { z } from 'zod';
import { statusBase } from './conditions.ts';
import { algorithmRef, did, digest, duration, hex, integer, keyed, label, networkRef, operator, text, time, trustModel, unique, wireProfile } from './fields.ts';
import type { CustomResource } from './object.ts';
import { operatorParameters } from './operator-parameters.ts';
import { immutable, withRules } from './rule.ts';

const partyName = label('Name of a party in spec.parties.');

const party = z
  .object({
    name: label('Name of the party within this task.'),
    did: did('DID of the institution.'),
    namespaceHint: z.string().max(63).optional().describe('Namespace of the party, for people who run several institutions in one cluster. Not used to decide anything.'),
  })
  .describe('A party of the task.');

const input = withRules(
  z
    .object({
      name: label('Name of the input within the step.'),
      party: partyName.describe('Party that owns the asset.'),
      asset: z
        .string()
        .max(192)
        .regex(/^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/)?[a-z0-9]([-a-z0-9.]{0,126}[a-z0-9])?$/)
        .optional()
        .describe("Asset: its id on the ledger (<subject code>/<name>), or only the name, which means an asset of the input's party."),
      assetVersion: z.int().min(1).max(1_000_000_000).optional().describe('Version of the asset. The newest when the task is proposed, if absent.'),
      from: z
        .object({
          flow: digest('Id of the flow of an earlier task that has succeeded (its status.flowID), to use a model that it has trained; this task, if absent.').optional(),
          step: label('Name of an earlier step.'),
          output: label('Name of an output of that step.'),
        })
        .optional()
        .describe('Output of an earlier step that this party received, in place of an asset.'),
      keys: z.array(z.string().min(1).max(128)).max(8).default([]).describe('Key columns, in the order in which they are compared with those of the other inputs. None for a table or a model of an earlier step.'),
      columns: z.array(z.string().min(1).max(128)).max(64).default([]).describe('Payload columns of this input that its receivers get beside the keys.'),
    })
    .describe('An input of the step.'),
  [
    {
      rule: 'has(self.asset) != has(self.from)',
      message: 'exactly one of asset and from must be set: an asset of the party, or an output of an earlier step',
      holds: (value) => (value.asset === undefined) !== (value.from === undefined),
    },
    {
      rule: 'has(self.asset) || !has(self.assetVersion)',
      message: 'assetVersion needs asset: remove assetVersion, or name the asset',
      holds: (value) => value.asset !== undefined || value.assetVersion === undefined,
    },
    {
      rule: 'has(self.from) || size(self.keys) > 0',
      message: 'keys must name at least one column that identifies a row of the asset',
      fieldPath: '.keys',
      holds: (value) => value.from !== undefined || value.keys.length > 0,
    },
  ],
);

const step = withRules(
  z
    .object({
      name: label('Name of the step within the task.'),
      operator: operator.default('Intersection').describe('What is computed (kubectl collabnet operators list). Intersection: rows whose keys all parties hold. Difference: rows whose keys the other does not hold. Union: the keys that one of both holds, in the clear. Cardinality: how many different keys all parties hold, not which. PrivateQuery: columns of the other party for keys that it does not learn. Deliver: rows of one party as they are. Join: common rows, lined up for the others, which compute on secret shares: Expression, Program, Statistics, CrossTable, Binning, Regression, GradientBoosting, KMeans, Predict, Evaluate, Explain.'),
      algorithm: algorithmRef,
      roles: z
        .object({
          compute: unique(z.array(partyName).min(1).max(8).describe('Parties that run the engine. Of more than three that compute on shares the first three hold these; every further one gives them its columns as shares.')),
          receivers: unique(z.array(partyName).min(1).max(8).describe('Parties that receive a result.')),
        })
        .describe('Who does what.'),
      inputs: keyed(z.array(input).min(1).max(8).describe('Inputs of the step.'), ['name']),
      parameters: operatorParameters,
      outputs: keyed(
        z
          .array(
            z.object({
              name: label('Name of the output.'),
              receivers: unique(z.array(partyName).min(1).max(8).describe('Parties that receive this output.')),
            }),
          )
          .min(1)
          .max(8)
          .describe('Outputs of the step, each streamed to the result store of its receivers.'),
        ['name'],
      ),
    })
    .describe('A step of the task.'),
  [
    {
      rule: 'self.inputs.all(i, size(i.keys) == 0 || self.inputs.all(j, size(j.keys) == 0 || size(i.keys) == size(j.keys)))',
      message: 'inputs[].keys must have the same length in every input that has some: they are compared position by position',
      fieldPath: '.inputs',
      holds: (value) => new Set(value.inputs.map(({ keys }) => keys.length).filter((length) => length > 0)).size < 2,
    },
    {
      rule: 'self.outputs.all(o, o.receivers.all(r, r in self.roles.receivers))',
      message: 'outputs[].receivers must be among roles.receivers: add the party to roles.receivers',
      fieldPath: '.outputs',
      holds: (value) => value.outputs.every(({ receivers }) => receivers.every((name) => value.roles.receivers.includes(name))),
    },
    {
      rule: 'self.roles.receivers.all(r, self.outputs.exists(o, r in o.receivers))',
      message: 'roles.receivers names a party that receives no output: add it to outputs[].receivers or remove it',
      fieldPath: '.roles.receivers',
      holds: (value) => value.roles.receivers.every((name) => value.outputs.some(({ receivers }) => receivers.includes(name))),
    },
  ],
);

/** In which order attempts wait for their pods. */
export const TASK_PRIORITIES = ['High', 'Normal', 'Low'] as const;
export type TaskPriority = (typeof TASK_PRIORITIES)[number];

type Spec = { parties: { name: string }[] };
const isParty = (spec: Spec, name: string): boolean => spec.parties.some((one) => one.name === name);

export const computeTaskSpecSchema = withRules(
  z
    .object({
      networkRef,
      runID: z.string().min(1).max(63).regex(/^[0-9A-Za-z][0-9A-Za-z._-]{0,62}$/).default('1').describe('Changing nothing but this makes another run: the id of a flow covers the whole spec.'),
      purpose: text('Purpose of the computation. A standing grant covers it only if it states exactly this text.', 512),
      trustModel: trustModel.default('TwoPartySemiHonest'),
      wireProfile: wireProfile.default('intl'),
      approvalTimeout: duration('The flow ends if not everyone has agreed after this time.').default('24h'),
      timeout: duration('The flow ends if it has not finished this long after it was opened.').default('1h'),
      maxAttempts: z.int().min(1).max(5).default(2).describe('Attempts per step; a failure that may pass is tried again.'),
      auditors: unique(z.array(did('DID of an institution.')).max(8).default([]).describe('DIDs of auditors who can read the sealed spec.')),
      parties: keyed(z.array(party).min(2).max(8).describe('Institutions that give input, compute or receive. The institution that applies the task may be one of them.'), ['name']),
      steps: keyed(z.array(step).min(1).max(16).describe('Steps, run in this order.'), ['name']),
      suspend: z.boolean().default(false).describe('True stops the operator from taking further steps; what runs goes on.'),
      priority: z.enum(TASK_PRIORITIES).default('Normal').describe('Who goes first at this institution when no more attempts may have a pod, and the PriorityClass of the pods (Helm value compute.priorityClassNames). Each institution sets its own.'),
    })
    .describe('What is to be computed, by whom, from what, for whom. Immutable except suspend and priority.'),
  [
    {
      rule: 'self.parties.all(p, self.parties.exists_one(q, q.did == p.did))',
      message: 'parties[].did must be unique: an institution is one party',
      fieldPath: '.parties',
      holds: (spec) => new Set(spec.parties.map((one) => one.did)).size === spec.parties.length,
    },
    {
      rule: 'self.steps.all(s, s.roles.receivers.all(r, self.parties.exists(p, p.name == r)))',
      message: 'steps[].roles.receivers must be names in spec.parties: add the party or correct the name',
      fieldPath: '.steps',
      holds: (spec) => spec.steps.every(({ roles }) => roles.receivers.every((name) => isParty(spec, name))),
    },
    {
      rule: 'self.steps.all(s, s.roles.compute.all(c, self.parties.exists(p, p.name == c)))',
      message: 'steps[].roles.compute must be names in spec.parties: add the party or correct the name',
      fieldPath: '.steps',
      holds: (spec) => spec.steps.every(({ roles }) => roles.compute.every((name) => isParty(spec, name))),
    },
    {
      rule: 'self.steps.all(s, s.inputs.all(i, self.parties.exists(p, p.name == i.party)))',
      message: 'steps[].inputs[].party must be a name in spec.parties: add the party or correct the name',
      fieldPath: '.steps',
      holds: (spec) => spec.steps.every(({ inputs }) => inputs.every((one) => isParty(spec, one.party))),
    },
    ...immutable(
      ['networkRef', 'runID', 'purpose', 'trustModel', 'wireProfile', 'approvalTimeout', 'timeout', 'maxAttempts', 'auditors', 'parties', 'steps'],
      [],
      'only suspend and priority may change; to run again, create another ComputeTask with a new runID',
    ),
  ],
);

export const TASK_PHASES = ['Initialized', 'AwaitingApproval', 'ApprovalReject', 'Pending', 'Running', 'Succeeded', 'Failed', 'Cancelled'] as const;

export const computeTaskStatusSchema = z
  .object({
    ...statusBase,
    flowID: hex('Id of the flow on the ledger.').optional(),
    phase: z.enum(TASK_PHASES).optional().describe('Where the flow stands.'),
    proposer: z.string().optional().describe('DID of the institution that proposed the flow.'),
    role: z.enum(['Proposer', 'Party', 'Auditor']).optional().describe('How this institution takes part.'),
    specDigest: z.string().optional().describe('Salted commitment to the spec, which an Approval of kind Flow names.'),
    approvals: z
      .array(
        z.object({
          party: z.string().describe('Party.'),
          did: z.string().describe('DID of the party.'),
          state: z.enum(['Waiting', 'Approved', 'Refused']).describe('Whether its consent is there.'),
          via: z.enum(['Grant', 'Person']).optional().describe('Grant: a standing grant. Person: a decision for this flow.'),
          grantID: z.string().optional().describe('Grant that covers the input.'),
          reason: z.string().optional().describe('Reason given by the person.'),
          decidedAt: time('When the consent came, or the refusal.').optional(),
          confirmedAt: time('When its operator confirmed that it will serve the flow.').optional(),
        }),
      )
      .optional()
      .describe('Consents needed.'),
    waitingFor: z.array(z.string()).optional().describe('What the task waits for, one sentence each, with the command that would help.'),
    traceID: hex('Id of the trace of this task, 32 digits: look it up in the receiver of spans.').optional(),
    proposedAt: time('When the flow was proposed.').optional(),
    approvalDeadline: time('The flow ends if not everyone has agreed by then.').optional(),
    deadline: time('The flow ends if it has not finished by then.').optional(),
    steps: z
      .array(
        z.object({
          name: z.string().describe('Step.'),
          phase: z.string().describe('Pending, Reserved, Running, Succeeded or Failed.'),
          attempt: integer('Number of the current attempt, from 1.').optional(),
          pod: z.string().optional().describe('Compute pod of the current attempt.'),
          startedAt: time('When the step started.').optional(),
          finishedAt: time('When the step ended.').optional(),
          reason: z.string().optional().describe('Stable word for the last failure.'),
          message: z.string().optional().describe('Sentence about the last failure.'),
          reserveDeadline: time('The attempt ends if not all compute parties have reserved by then.').optional(),
          parties: z
            .array(
              z.object({
                party: z.string().describe('Compute party.'),
                reservedAt: time('When it had everything in place for the current attempt; absent while it has not.').optional(),
                receiptAt: time('When its receipt came onto the ledger.').optional(),
              }),
            )
            .optional()
            .describe('How far each compute party is with the current attempt.'),
          courier: z
            .object({ state: z.string().describe('State the own courier told last.'), since: time('When it entered that state.') })
            .optional()
            .describe('Courier of the own pod.'),
          progress: z
            .object({
              phase: z.string().describe('What the own engine is at, such as connect, share, psi, compute or write.'),
              percent: integer('How much of the phase is done.'),
              rows: integer('Rows so far.').optional(),
              sentBytes: integer('Bytes sent to the other engines.'),
              receivedBytes: integer('Bytes received from the other engines.'),
              phaseSince: time('When the phase began.'),
              notedAt: time('When this was noted.'),
              estimatedEnd: time('When the phase will be done if it goes on as before.').optional(),
            })
            .optional()
            .describe('How far the own engine is, while the step runs.'),
          attempts: z
            .array(
              z.object({
                attempt: integer('Number of the attempt.'),
                reason: z.string().describe('Stable word for why it failed.'),
                message: z.string().describe('Sentence about it.'),
                reporter: z.string().describe('Party that reported it.'),
                startedAt: time('When it started; absent when it never ran.').optional(),
                endedAt: time('When it was reported.'),
              }),
            )
            .optional()
            .describe('Attempts that failed.'),
        }),
      )
      .optional()
      .describe('Steps.'),
    results: z
      .array(
        z.object({
          step: z.string().describe('Step.'),
          output: z.string().describe('Output.'),
          location: z.string().optional().describe('Where the result store of this institution keeps it.'),
          rows: integer('Rows, for a receiver only.').optional(),
          bytes: integer('Size in bytes.').optional(),
          sha: z.string().optional().describe('Salted commitment to the content.'),
        }),
      )
      .optional()
      .describe("Results in this institution's result store (kubectl collabnet result get)."),
    receipts: z
      .array(z.object({ step: z.string().describe('Step.'), party: z.string().describe('Party.'), digest: z.string().optional().describe('Digest of the receipt.') }))
      .optional()
      .describe('Receipts on the ledger: exactly one per step and party.'),
    startedAt: time('When the first step started.').optional(),
    finishedAt: time('When the flow ended.').optional(),
    sharedCluster: z.boolean().optional().describe('True: another party runs in this cluster, so its administrator can read the data of both.'),
    wireProfile: z.string().optional().describe('Cryptography between the couriers.'),
    enginePrimitives: z.string().optional().describe('Cryptography inside the engine.'),
    isolation: z.string().optional().describe('Confinement the compute pod reached.'),
  })
  .describe('What the operator saw.');

export type ComputeTaskSpec = z.output<typeof computeTaskSpecSchema>;
export type ComputeTaskSpecInput = z.input<typeof computeTaskSpecSchema>;
export type ComputeTaskStatus = z.output<typeof computeTaskStatusSchema>;
export type ComputeTask = CustomResource<'ComputeTask', ComputeTaskSpec, ComputeTaskStatus>;
export type TaskPhase = (typeof TASK_PHASES)[number];
