import { kubectl, type DemoInstitution } from '@collabnet/hack';
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
export async function shiftOperatorClock({ namespace }: DemoInstitution, milliseconds: number): Promise<void> {
  const command = milliseconds === 0 ? null : ['node', shiftOption(milliseconds)];
  await patch(namespace, 'deployment', 'operator', { spec: { template: { spec: { containers: [{ name: 'operator', command }] } } } }, 'strategic');
  await kubectl(namespace, ['rollout', 'status', 'deployment/operator', '--timeout=120s']);
}
