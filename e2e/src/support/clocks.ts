import { kubectl, list, type DemoInstitution } from '@collabnet/hack';
import { patch } from './objects.ts';

/** Shifts every reading of the clock in a Node.js process; only the test does this, no image knows of it. */
function shiftOption(milliseconds: number): string {
  const source = `const real=Date,now=real.now.bind(real);globalThis.Date=class extends real{constructor(...a){if(a.length===0)super(now()+${milliseconds});else super(...a)}static now(){return now()+${milliseconds}}};`;
  return `--import=data:text/javascript;base64,${Buffer.from(source).toString('base64')}`;
}

/**
 * Lets the operator, in a new pod, believe that it is so much later (or earlier); 0 puts its clock right. Sets the
 * command, which the chart leaves to the image, so that a later upgrade meets no other owner of its fields.
 */
export function shiftOperatorClock(institution: DemoInstitution, milliseconds: number): Promise<void> {
  return shiftClock(institution, 'operator', 'operator', milliseconds);
}

/** The same for an institution's contracts on Fabric, which judge when a transaction was proposed. */
export async function shiftContractsClock(institution: DemoInstitution, milliseconds: number): Promise<void> {
  const found = await list<{ metadata: { name: string } }>(institution.namespace, 'deployments', 'app.kubernetes.io/component=fabric-chaincode');
  for (const { metadata } of found) await shiftClock(institution, metadata.name, 'chaincode', milliseconds);
}

async function shiftClock({ namespace }: DemoInstitution, deployment: string, container: string, milliseconds: number): Promise<void> {
  const command = milliseconds === 0 ? null : ['node', shiftOption(milliseconds)];
  await patch(namespace, 'deployment', deployment, { spec: { template: { spec: { containers: [{ name: container, command }] } } } }, 'strategic');
  await kubectl(namespace, ['rollout', 'status', `deployment/${deployment}`, '--timeout=120s']);
}
