import type { Capability } from '@collabnet/capability';
import type { CourierJob } from '@collabnet/wire';
import type { SecretObject } from '../../../institution/secret-store.ts';
import { ANNOTATION_FLOW, ANNOTATION_NATS_USER, attemptLabels, attemptName, type AttemptId } from './names.ts';

/** What the courier of one attempt gets, and nobody else. */
export interface AttemptMaterial {
  readonly job: CourierJob;
  /** SM2 private key of the attempt, hex. */
  readonly attemptKey: string;
  readonly natsCreds: string;
  /** Public key of the NATS user, for its revocation. */
  readonly natsUser: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly caPem: string;
  /** By file name without `.json`, such as `read-left`. */
  readonly capabilities: Readonly<Record<string, Capability>>;
}

/** The Secret of an attempt, mounted into the courier alone. Immutable: another attempt has another. */
export function attemptSecret(id: AttemptId, network: string, material: AttemptMaterial): SecretObject {
  const files: Record<string, string> = {
    'job.json': JSON.stringify(material.job),
    'attempt.key': material.attemptKey,
    'nats.creds': material.natsCreds,
    'tls.crt': material.certificatePem,
    'tls.key': material.privateKeyPem,
    'ca.crt': material.caPem,
  };
  for (const [name, capability] of Object.entries(material.capabilities)) files[`capability-${name}.json`] = JSON.stringify(capability);
  const object = {
    type: 'Opaque',
    immutable: true,
    metadata: {
      name: attemptName(id),
      labels: attemptLabels(id, network),
      annotations: { [ANNOTATION_FLOW]: id.flowId, [ANNOTATION_NATS_USER]: material.natsUser },
    },
    data: Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text, 'utf8').toString('base64')])),
  };
  return object;
}
