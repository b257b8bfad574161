import type { FlowSpec, FlowStep } from './spec.ts';

/** Names of the steps whose outputs this step reads. */
export function dependencies(step: FlowStep): string[] {
  return [...new Set(step.inputs.flatMap(({ from }) => (from === undefined || from.flow !== undefined ? [] : [from.step])))];
}

/**
 * Orders the steps so that each comes after those it reads from; ties keep the order of the specification
 * (requirement 108: dependencies follow only from input and output references).
 *
 * @returns the order, and the names of the steps that wait for each other in a circle (empty when there is none)
 */
export function stepOrder(spec: FlowSpec): { order: string[]; cycle: string[] } {
  const known = new Set(spec.steps.map((step) => step.name));
  const done = new Set<string>();
  const order: string[] = [];
  let open = [...spec.steps];
  for (;;) {
    const next = open.find((step) => dependencies(step).every((name) => done.has(name) || !known.has(name)));
    if (next === undefined) return { order, cycle: open.map((step) => step.name) };
    done.add(next.name);
    order.push(next.name);
    open = open.filter((step) => step !== next);
    if (open.length === 0) return { order, cycle: [] };
  }
}
