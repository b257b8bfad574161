import type { ProposedInput, ProposedStep } from '@collabnet/flow';

/** An input with an asset, and the step that reads it. */
export interface Source {
  readonly step: ProposedStep;
  readonly input: ProposedInput;
}

/**
 * The assets that a step's inputs are made of, each once: those it names itself, and those of every step whose output it
 * reads, and so on back. What is done with an output is done with the data of all who gave to it, so a grant is asked for
 * every step that its asset has a part in, not only for the first (requirements 91, 92).
 *
 * @param steps all steps of a flow in the order they run; an input reads earlier ones only
 */
export function sourcesOf(steps: readonly ProposedStep[], step: ProposedStep): Source[] {
  const found = new Map<string, Source>();
  for (const input of step.inputs) {
    const { from } = input;
    const earlier = from && steps.find(({ name }) => name === from.step);
    const sources = input.asset === undefined ? (earlier === undefined ? [] : sourcesOf(steps, earlier)) : [{ step, input }];
    for (const source of sources) found.set(`${source.step.name}/${source.input.name}`, source);
  }
  return [...found.values()];
}

/** Name of an asset's part in a step: that of the input, or `<step that reads the asset>.<input>` where it comes through others. */
export function sourceName(step: ProposedStep, source: Source): string {
  return source.step.name === step.name ? source.input.name : `${source.step.name}.${source.input.name}`;
}
