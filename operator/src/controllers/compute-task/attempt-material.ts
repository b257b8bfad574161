import { issueCapability, type Capability } from '@collabnet/capability';
import { signDelegation } from '@collabnet/envelope';
import type { AlgorithmContent, AssetVersionRecord } from '@collabnet/contracts';
import type { ProposedInput } from '@collabnet/flow';
import { memberToken } from '@collabnet/messaging';
import { generateSm2KeyPair, toBase64Url } from '@collabnet/sm';
import { octetsOf } from '../../institution/octets.ts';
import type { SigningKey } from '../../institution/network-session.ts';
import { assetSalt } from '../data-asset/build/asset-salt.ts';
import { attemptDelegation } from './build/delegation.ts';
import { attesterOf } from './build/attester.ts';
import { courierJob, stepOf, type CourierJobInput } from './build/job.ts';
import { attemptAddress } from './build/names.ts';
import type { AttemptMaterial } from './build/secret.ts';
import { ownHost } from './own-host.ts';
import { ownSource } from './own-source.ts';
import { required, type CurrentAttempt, type TaskRun } from './task-run.ts';

export const RESULT_STORE = 'result-store';
const RESULT_STORE_URL = `https://${RESULT_STORE}:8443`;
/** What an attempt holds ends this long after its flow must have ended, ms: the last report needs it. */
const MARGIN_MS = 120_000;

/** Makes everything a courier needs for one attempt: its key and the delegation to it, its NATS user, certificate, capabilities, job. */
export async function makeMaterial(run: TaskRun, attempt: CurrentAttempt, algorithm: AlgorithmContent): Promise<AttemptMaterial> {
  const { services, salts } = run.environment;
  const { session } = required(run.view, 'view');
  const { record: flow, sealed } = required(run.flow, 'flow');
  const { id, terms, record } = attempt;
  const now = run.ctx.clock.now();
  const end = flow.deadline + MARGIN_MS;
  const pair = generateSm2KeyPair();
  const key = await session.signingKey();
  const delegation = await signDelegation(attemptDelegation({ networkId: session.networkId, did: session.did, keyId: key.keyId, id, publicKey: pair.publicKey, now, expires: end }), key.sign);
  const peers = terms.computeParties.filter((did) => did !== session.did).map(memberToken);
  const user = await services.nats.courierUser(attemptAddress(session.token, id), session.member, peers, Math.floor(end / 1000));
  const certificate = await services.authority.clientCertificate(`courier-${id.flowId.slice(0, 10)}-${id.attempt}`, Math.ceil((end - now) / 1000));
  const capabilities = await makeCapabilities(run, attempt, certificate.fingerprint, key);
  const inputs: CourierJobInput['inputs'] = Object.fromEntries(
    ownInputs(run, attempt).map((input) => [input.name, { url: urlOf(run, attempt, input), capability: capabilityOf(capabilities.inputs, input.name) }]),
  );
  const job = courierJob({
    networkId: session.networkId,
    self: session.did,
    flow,
    terms,
    record,
    spec: sealed.spec,
    algorithm,
    natsUrl: services.nats.url,
    resultStoreUrl: RESULT_STORE_URL,
    inputs,
    outputs: capabilities.outputs,
    minimumIsolation: services.config.compute.minimumIsolation,
    byteCeiling: octetsOf(services.config.compute.byteCeiling),
    maximumAttempts: services.config.compute.maximumAttempts,
    attester: attesterOf(ownHost(sealed.spec, terms.name, session.did), services.config.compute.trustedExecution),
    salt: toBase64Url(await salts.ofStep(id.flowId, id.step, session.did)),
    delegation,
  });
  return {
    job,
    attemptKey: pair.privateKey,
    natsCreds: user.creds ?? '',
    natsUser: user.publicKey,
    certificatePem: certificate.certificatePem,
    privateKeyPem: certificate.privateKeyPem,
    caPem: certificate.caPem,
    capabilities: { ...prefixed('read', capabilities.inputs), ...prefixed('deliver', capabilities.outputs) },
  };
}

interface Capabilities {
  inputs: Record<string, Capability>;
  outputs: Record<string, Capability>;
}

/** Where the courier reads an input: at the asset's data proxy, or in the own result store. */
function urlOf(run: TaskRun, { id }: CurrentAttempt, input: ProposedInput): string {
  const { from } = input;
  return from === undefined ? `${ownSource(run, input).url}/v1/read` : `${RESULT_STORE_URL}/v1/results/${from.flow ?? id.flowId}/${from.step}/${from.output}`;
}

/** Read and fetch: until reservations must be complete, since inputs are frozen by then. Deliver: until the flow must have ended. */
async function makeCapabilities(run: TaskRun, attempt: CurrentAttempt, certificateSha256: string, { keyId, sign }: SigningKey): Promise<Capabilities> {
  const { session } = required(run.view, 'view');
  const { record: flow, sealed } = required(run.flow, 'flow');
  const { flowId, step, attempt: number } = attempt.id;
  const common = { issuer: session.did, keyId, certificateSha256, networkId: session.networkId, flowId, step, attempt: number };
  const inputs: Capabilities['inputs'] = {};
  const frozenBy = attempt.record.reserveDeadline ?? flow.deadline;
  for (const { name, asset = '', assetVersion = 0, from, keys, columns } of ownInputs(run, attempt)) {
    if (from !== undefined) {
      inputs[name] = await issueCapability({ ...common, action: 'fetch', source: { ...from }, expires: frozenBy }, sign);
      continue;
    }
    const wanted = [...new Set([...keys, ...columns])];
    // The frozen content travels in the capability: the door refuses a file that is no longer the published one.
    const { content } = await required(run.view, 'view').read<AssetVersionRecord>('catalogue', 'version', { assetId: asset, version: assetVersion });
    const fingerprintSalt = await assetSalt(run.environment.services.secrets, session.networkId, asset);
    const read = { action: 'read', asset, assetVersion, columns: wanted, fingerprint: content.fingerprint, fingerprintSalt } as const;
    inputs[name] = await issueCapability({ ...common, ...read, expires: frozenBy }, sign);
  }
  const own = sealed.spec.parties.find(({ did }) => did === session.did)?.name ?? '';
  const outputs: Capabilities['outputs'] = {};
  for (const { name, receivers } of stepOf(sealed.spec, step).outputs) {
    if (receivers.includes(own)) outputs[name] = await issueCapability({ ...common, action: 'deliver', output: name, expires: flow.deadline + MARGIN_MS }, sign);
  }
  return { inputs, outputs };
}

/** Inputs of the step that this institution gives: assets of its own, and outputs of earlier steps that it received. */
export function ownInputs(run: TaskRun, attempt: CurrentAttempt): ProposedInput[] {
  const { did } = required(run.view, 'view').session;
  return attempt.terms.inputs.filter(({ party }) => party === did);
}

function prefixed(action: string, capabilities: Record<string, Capability>): Record<string, Capability> {
  return Object.fromEntries(Object.entries(capabilities).map(([name, capability]) => [`${action}-${name}`, capability]));
}

function capabilityOf(capabilities: Record<string, Capability>, name: string): Capability {
  const capability = capabilities[name];
  if (capability === undefined) throw new Error(`no capability was made for input ${name}`);
  return capability;
}
