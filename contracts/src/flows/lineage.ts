import type { ProposedInput, ProposedStep } from '@collabnet/flow';
import type { FlowRecord } from './record.ts';

/** What the origin of data is looked up in. */
export type Lineage = Pick<FlowRecord, 'flowId' | 'steps' | 'models'>;

/** An input with an asset, and the step that reads it. */
export interface Source {
  /** Flow of that step, which is an earlier one where a model comes from there. */
  readonly flow: string;
  readonly step: string;
  readonly input: ProposedInput;
}

/**
 * The assets that a step's inputs are made of, each once: those it names itself, those of every step whose output it reads,
 * and so on back, and those that a model of an earlier flow was made of. What is done with an output is done with the data of
 * all who gave to it, so a grant is asked for every step that its asset has a part in, not only for the first (requirements 91, 92).
 *
 * The steps of a flow are in the order they run, and an input reads earlier ones only.
 */
export function sourcesOf(flow: Lineage, step: ProposedStep): Source[] {
  const found = new Map<string, Source>();
  const steps = new Map(flow.steps.map((each) => [each.name, each]));
  const seen = new Set<string>();
  const visit = (reader: ProposedStep): void => {
    // Each step once: the ways through a flow whose steps all read the one before are as many as inputs to the power of steps.
    if (seen.has(reader.name)) return;
    seen.add(reader.name);
    for (const input of reader.inputs) {
      const earlier = input.from === undefined || input.from.flow !== undefined ? undefined : steps.get(input.from.step);
      if (earlier !== undefined) visit(earlier);
      else for (const source of ownSources(flow, reader, input)) found.set([source.flow, source.step, source.input.name].join('/'), source);
    }
  };
  visit(step);
  return [...found.values()];
}

/** What an input that reads no other step of its flow is made of. */
function ownSources(flow: Lineage, step: ProposedStep, input: ProposedInput): readonly Source[] {
  if (input.from === undefined) return [{ flow: flow.flowId, step: step.name, input }];
  return input.from.flow === undefined ? [] : (flow.models?.[modelKey(step, input)] ?? []);
}

/** Key of an input in {@link FlowRecord.models}. */
export function modelKey(step: Pick<ProposedStep, 'name'>, input: Pick<ProposedInput, 'name'>): string {
  return `${step.name}/${input.name}`;
}

/**
 * Name of an asset's part in a step: that of the input, `<step that reads the asset>.<input>` where it comes through others, and
 * with the first digits of the flow before that where it comes through a model of an earlier one.
 */
export function sourceName(flow: Lineage, step: ProposedStep, source: Source): string {
  if (source.flow !== flow.flowId) return `${source.flow.slice(0, 16)}.${source.step}.${source.input.name}`;
  return source.step === step.name ? source.input.name : `${source.step}.${source.input.name}`;
}

/** All assets that have a part in a flow, with their owners. */
export function allSources(flow: Lineage): Source[] {
  return flow.steps.flatMap((step) => sourcesOf(flow, step));
}
