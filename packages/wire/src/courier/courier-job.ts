import { delegationSchema } from '@collabnet/envelope';
import { ENGINES, LONGEST_PROGRAM, OPERATORS, WIRE_PROFILES } from '@collabnet/flow';
import { z } from 'zod';
import { leastWindow, pairWindow } from '../channel/limits.ts';
import { columnText, didText, epochMs, hex, nameText } from './primitives.ts';

export const courierJobSchemaId = 'collabnet.dev/courier-job/v1';

/** How well the kernel of a node confines an engine; each level includes those before it. */
export const ISOLATION_LEVELS = ['SystemCalls', 'Files', 'Network'] as const;

const party = z.strictObject({
  /** Name in the task; the engine knows parties by it. */
  name: nameText,
  did: didText,
  /** `memberToken(did)`: the subject token. */
  token: z.string().regex(/^[0-9a-f]{16}$/, 'memberToken(did)'),
});
const port = z.int().min(1).max(65_535);
const httpsUrl = z.url({ protocol: /^https$/ });
/** A signed capability as `issueCapability` returns it; the door that it opens checks it, the courier only carries it. */
const signedCapability = z.record(z.string(), z.unknown()).refine((value) => typeof value['signature'] === 'string', 'a signed capability');

const inputKind = z.enum(['Rows', 'Table', 'Model']);

const input = z
  .strictObject({
    name: nameText,
    kind: inputKind.default('Rows'),
    /** Read through a data proxy; then version is needed too. */
    asset: z.string().min(1).max(256).optional(),
    version: z.int().min(1).optional(),
    /** Read from the own result store, in place of an asset. */
    from: z.strictObject({ flow: z.string().max(64).optional(), step: nameText, output: nameText }).optional(),
    /** Such as `https://data-proxy-ab12:8443/v1/read`, or the address of a result. */
    url: httpsUrl,
    capability: signedCapability,
    /** Key columns, in the order that pairs them with the peers' keys; none for what has no rows. */
    keys: z.array(columnText).max(16),
    /** For an operator on sets, payload that never leaves the courier before it is joined to the result; for others, what the engine computes over. */
    columns: z.array(columnText).max(256),
  })
  .refine((value) => (value.asset === undefined) !== (value.from === undefined) && (value.asset === undefined) === (value.version === undefined), {
    message: 'give asset and version, or from',
    path: ['asset'],
  })
  .refine((value) => (value.kind === 'Rows') === value.keys.length > 0, { message: 'rows have keys, and nothing else has', path: ['keys'] });

/** An input of any party, as all know it. */
const layoutInput = z.strictObject({
  party: nameText,
  input: nameText,
  kind: inputKind,
  columns: z.array(columnText).max(256),
  /** How many of the columns, from the first, are keys; where the engines must know. */
  keys: z.int().min(0).optional(),
});

/** Of a step that one party computes in a trusted execution environment. */
const trustedHost = z.strictObject({
  party: nameText,
  verifier: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'a thumbprint (RFC 7638)'),
  policy: z.string().max(256).optional(),
  simulated: z.boolean(),
  /** At the host: where its courier asks for attestation results; in the pod, or in the environment around it. */
  attester: z.url({ protocol: /^http$/, hostname: /^(127\.0\.0\.1|localhost)$/ }).optional(),
});

const output = z
  .strictObject({
    name: nameText,
    /** Whether this party gets it; then resultStoreUrl and capability are needed. */
    receive: z.boolean(),
    /** Names of all parties that get it: the engines must agree on them. */
    receivers: z.array(nameText).min(1).max(16),
    /** `https://result-store:8443`, without path. */
    resultStoreUrl: httpsUrl.optional(),
    capability: signedCapability.optional(),
  })
  .refine((value) => !value.receive || (value.resultStoreUrl !== undefined && value.capability !== undefined), {
    message: 'a received output needs resultStoreUrl and capability',
    path: ['resultStoreUrl'],
  });

/** What the operator mounts as /etc/courier/job.json (interfaces §5). At most one input with rows, exactly one output. */
export const courierJobSchema = z
  .strictObject({
    schema: z.literal(courierJobSchemaId),
    networkId: hex(64),
    flowId: z.string().regex(/^[0-9a-f]{32,64}$/, '32 to 64 lower-case hex digits'),
    step: nameText,
    attempt: z.int().min(1),
    specDigest: hex(64),
    self: party,
    peers: z.array(party).min(1).max(15),
    wireProfile: z.enum(WIRE_PROFILES),
    operator: z.enum(OPERATORS),
    algorithm: z.strictObject({
      name: z.string().min(1).max(64),
      version: z.string().min(1).max(64),
      engine: z.enum(ENGINES),
      imageDigest: z.string().regex(/^sha256:[0-9a-f]{64}$/).optional(),
    }),
    /** As in the step of the specification, defaults of the operator written out. */
    parameters: z.record(z.string().max(64), z.union([z.string().max(1024), z.int(), z.boolean()])),
    /** Of an operator that runs one: the text that members voted on. */
    program: z.string().min(1).max(LONGEST_PROGRAM).optional(),
    /** Epoch ms; nothing runs or is held beyond it. */
    deadline: epochMs,
    nats: z.strictObject({ url: z.string().min(1), caFile: z.string().optional() }),
    /** None for a party that only computes. */
    inputs: z.array(input).max(16),
    /** Inputs of all parties, for an operator whose engines compile one program together. */
    layout: z.array(layoutInput).max(128).optional(),
    trustedHost: trustedHost.optional(),
    /** Of more parties than compute on shares, those that do; the others give their columns as shares. */
    onShares: z.array(nameText).max(8).optional(),
    /** Base64 or base64url of at least 16 bytes: key of every commitment of this party in this step. */
    salt: z.string().regex(/^[A-Za-z0-9+/_-]{22,128}={0,2}$/, 'base64 of at least 16 bytes'),
    outputs: z.array(output).min(1).max(16),
    /** Smallest input and smallest result; below it nothing is computed or delivered. */
    minimumSetSize: z.int().min(1),
    /** Weakest confinement of the engine with which the attempt goes on; each level includes those before it. */
    minimumIsolation: z.enum(ISOLATION_LEVELS).default('Network'),
    /** Most octets of frames to one peer, and from it, in this attempt; what is sent again counts once. */
    byteCeiling: z.int().positive(),
    /** Most bytes on the way to one peer, and from it: this pair's share of the institution's window. */
    window: z.int().min(leastWindow).max(pairWindow).default(pairWindow),
    delegation: delegationSchema,
    /** Loopback ports: the own engine's, and per peer name the one where the courier listens for the engine. */
    enginePorts: z.strictObject({ self: port, peers: z.record(nameText, port) }),
    /** Attempts of this step that failed before, for the receipt. */
    attempts: z.array(z.strictObject({ attempt: z.int().min(1), reason: z.string().max(128) })).max(16).optional(),
  })
  .superRefine((job, context) => {
    for (const peer of job.peers) {
      if (job.enginePorts.peers[peer.name] === undefined) {
        context.addIssue({ code: 'custom', path: ['enginePorts', 'peers', peer.name], message: 'give the port of every peer' });
      }
    }
    const names = [job.self, ...job.peers].map((each) => each.name);
    if (new Set(names).size !== names.length) context.addIssue({ code: 'custom', path: ['peers'], message: 'party names must differ' });
    if (job.trustedHost?.party === job.self.name && job.trustedHost.attester === undefined) {
      context.addIssue({ code: 'custom', path: ['trustedHost', 'attester'], message: 'the host needs it' });
    }
    job.outputs.forEach((each, index) => {
      if (each.receive !== each.receivers.includes(job.self.name)) {
        context.addIssue({ code: 'custom', path: ['outputs', index, 'receive'], message: 'must say whether receivers names this party' });
      }
    });
  });

export type CourierJob = z.infer<typeof courierJobSchema>;
export type CourierInput = CourierJob['inputs'][number];
export type CourierOutput = CourierJob['outputs'][number];
export type CourierParty = CourierJob['self'];
