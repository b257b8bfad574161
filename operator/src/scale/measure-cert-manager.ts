import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { CORE, customType, isTrue, type Condition, type KubeObject, type Resource } from '../runtime/index.ts';
import type { ControllerFigures } from './figures.ts';
import { follow, until } from './follower.ts';
import { each } from './pool.ts';
import { Program } from './program.ts';
import type { World } from './world.ts';

const NAMESPACE = 'cert-manager';
const CERTIFICATE = customType('cert-manager.io', 'v1', 'Certificate', 'certificates');
const ISSUER = customType('cert-manager.io', 'v1', 'Issuer', 'issuers');
const AT_ONCE = 16;
const READY_MS = 900_000;

type Certificate = Resource<object, { conditions?: Condition[] }>;

/** cert-manager on the same API server: self-signed certificates from their creation to Ready, memory, restart. */
export async function measureCertManager(world: World, binary: string, crds: string, objects: number): Promise<ControllerFigures> {
  for (const file of readdirSync(crds).filter((name) => name.endsWith('.yaml'))) await world.api.installCrd(parse(readFileSync(join(crds, file), 'utf8')) as KubeObject);
  await world.client.create(CORE.namespace, { metadata: { name: NAMESPACE } });
  const client = world.api.connect({ namespace: NAMESPACE });
  await client.create(ISSUER, { metadata: { name: 'self-signed' }, spec: { selfSigned: {} } } as KubeObject);
  const certificates = await follow<Certificate>(client, CERTIFICATE);
  const ready = (): number => certificates.list().filter(({ status }) => isTrue(status?.conditions, 'Ready')).length;
  const start = (): Program => new Program({ name: 'cert-manager', command: binary, args: [], env: { KUBECONFIG: world.api.kubeconfig, NAMESPACE, HOME: world.directory } });
  const create = async (name: string): Promise<void> => {
    const spec = { secretName: name, commonName: `${name}.test`, dnsNames: [`${name}.test`], privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' }, issuerRef: { name: 'self-signed' } };
    await client.create(CERTIFICATE, { metadata: { name }, spec } as KubeObject);
  };
  const names = Array.from({ length: objects }, (_, index) => `certificate-${index}`);
  let program = start();
  try {
    await create('first');
    await until(certificates, 'the first certificate', () => ready() === 1, READY_MS);
    const residentBefore = program.memory().resident;
    const [from, processorFrom] = [performance.now(), program.processorSeconds()];
    await each(names, AT_ONCE, create);
    await until(certificates, `${objects} certificates`, () => ready() === objects + 1, READY_MS);
    const ms = performance.now() - from;
    const [residentAfter, processorSeconds] = [program.memory().resident, program.processorSeconds() - processorFrom];
    await program.kill('SIGKILL');
    const restarted = performance.now();
    program = start();
    await create('last');
    await until(certificates, 'a certificate after the restart', () => ready() === objects + 2, READY_MS);
    return { objects, perSecond: (objects * 1_000) / ms, residentBefore, residentAfter, restartMs: performance.now() - restarted, processorSeconds };
  } finally {
    await program.kill('SIGKILL');
    await certificates.stop();
  }
}
