import { get, kubectl, type DemoInstitution } from '@collabnet/hack';
import { patch } from './objects.ts';

interface Workload {
  spec: { template: { spec: { containers: { name: string; env?: { name: string; value?: string }[] }[] } } };
}

const SHIFT = / ?--import=data:text\/javascript;base64,\S+/;

/** Shifts every reading of the clock in a Node.js process; only the test does this, no image knows of it. */
function shiftOption(milliseconds: number): string {
  const source = `const real=Date,now=real.now.bind(real);globalThis.Date=class extends real{constructor(...a){if(a.length===0)super(now()+${milliseconds});else super(...a)}static now(){return now()+${milliseconds}}};`;
  return ` --import=data:text/javascript;base64,${Buffer.from(source).toString('base64')}`;
}

/**
 * Lets the process of a workload, in a new pod, believe that it is so much later (or earlier); 0 puts its clock right.
 *
 * @param workload `deployment` or `statefulset` and its name
 */
export async function shiftClock({ namespace }: DemoInstitution, [kind, name]: readonly [string, string], milliseconds: number): Promise<void> {
  const workload = await get<Workload>(namespace, kind, name);
  const [container] = workload?.spec.template.spec.containers ?? [];
  if (container === undefined) throw new Error(`${namespace} has no ${kind} ${name}`);
  const present = container.env?.find((one) => one.name === 'NODE_OPTIONS')?.value ?? '';
  const value = `${present.replace(SHIFT, '')}${milliseconds === 0 ? '' : shiftOption(milliseconds)}`;
  await patch(namespace, kind, name, { spec: { template: { spec: { containers: [{ name: container.name, env: [{ name: 'NODE_OPTIONS', value }] }] } } } }, 'strategic');
  await kubectl(namespace, ['rollout', 'status', `${kind}/${name}`, '--timeout=120s']);
}
