/**
 * Members of the Serverless Workflow DSL 1.0 that a ComputeTask cannot be written with, by name, and what to write instead. One
 * reason is behind most: all parties consent to the whole task before anything runs, so nothing in it may depend on what happens then.
 */

const NO_CHOICE = 'whether a step runs cannot depend on data: everybody consents to the whole task beforehand; write a task of its own for each case';
const NO_ORDER = 'the order of steps follows only from what their inputs read (with.inputs[].from); remove it';
const NO_DATA_FLOW = 'what a step reads and gives is named in with.inputs and with.outputs; remove it';

/** Of the workflow itself. */
export const REFUSED_OF_WORKFLOW: Readonly<Record<string, string>> = {
  input: NO_DATA_FLOW,
  output: NO_DATA_FLOW,
  use: `reusable components cannot be used: write them out where they are used; functions are the operators, called as collabnet:<Operator>`,
  schedule: 'a task runs once, when it is applied; remove it and apply the task with another runID to run it again',
  evaluate: 'there are no runtime expressions; remove it',
};

/** Kinds of tasks other than call. */
export const REFUSED_KINDS: Readonly<Record<string, string>> = {
  for: 'there are no loops: everybody consents to each step beforehand; write each step as a call of its own',
  while: 'there are no loops: everybody consents to each step beforehand; write each step as a call of its own',
  fork: 'steps that do not read of each other need no fork; write its branches as entries of do',
  do: 'a task has one list of steps; write these as entries of the outer do',
  switch: NO_CHOICE,
  try: 'a failed step is tried again by itself; write the call alone, and how often in document.metadata.collabnet.maxAttempts',
  emit: 'a step computes and sends no events; remove it',
  listen: 'a step waits only for those it reads of, not for events; remove it',
  raise: 'a step cannot raise errors; remove it',
  run: 'a step runs only registered algorithms; call an operator (collabnet:<Operator>) with one',
  set: 'a step has no variables; write the value where it is used',
  wait: 'a step waits only for those it reads of; remove it',
};

/** Members that a call may have in the DSL beside call and with. */
export const REFUSED_OF_CALL: Readonly<Record<string, string>> = {
  if: NO_CHOICE,
  then: NO_ORDER,
  input: NO_DATA_FLOW,
  output: NO_DATA_FLOW,
  export: NO_DATA_FLOW,
  timeout: 'a step has no time limit of its own; write that of the whole task in timeout.after',
};

/** Why a member is refused; undefined for names that are not in the list (among them those that every object of JavaScript has). */
export function reasonIn(list: Readonly<Record<string, string>>, member: string): string | undefined {
  return Object.hasOwn(list, member) ? list[member] : undefined;
}
