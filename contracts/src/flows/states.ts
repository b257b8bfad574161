/** States of a flow; the words are Kuscia's, so that its users know them. */
export const FLOW_STATES = [
  'AwaitingApproval',
  'Pending',
  'Running',
  'Succeeded',
  'Failed',
  'Cancelled',
  'ApprovalReject',
] as const;
export type FlowState = (typeof FLOW_STATES)[number];

/** States that nothing leaves. */
export const TERMINAL_STATES: readonly FlowState[] = ['Succeeded', 'Failed', 'Cancelled', 'ApprovalReject'];

/** Ways a flow changes; `revoke` is the effect of a revoked grant or algorithm. */
export type FlowAction =
  | 'approve'
  | 'refuse'
  | 'confirm'
  | 'reserve'
  | 'start'
  | 'touch'
  | 'fail'
  | 'receipt'
  | 'cancel'
  | 'expire'
  | 'revoke';

/**
 * The whole life cycle as data: for each action, from which state to which states it may lead. `Pending` after
 * `Running` is the next attempt or the next step, whose compute parties reserve again.
 */
export const TRANSITIONS: Readonly<Record<FlowAction, Readonly<Partial<Record<FlowState, readonly FlowState[]>>>>> = {
  approve: { AwaitingApproval: ['AwaitingApproval'] },
  refuse: { AwaitingApproval: ['ApprovalReject'] },
  confirm: { AwaitingApproval: ['AwaitingApproval', 'Pending'] },
  reserve: { Pending: ['Pending'] },
  start: { Pending: ['Running', 'Failed'] },
  touch: { Running: ['Running'] },
  fail: { Pending: ['Pending', 'Failed'], Running: ['Pending', 'Failed'] },
  receipt: { Running: ['Running', 'Pending', 'Succeeded', 'Failed'] },
  cancel: { AwaitingApproval: ['Cancelled'], Pending: ['Cancelled'], Running: ['Cancelled'] },
  expire: { AwaitingApproval: ['Failed'], Pending: ['Pending', 'Failed'], Running: ['Failed'] },
  revoke: { AwaitingApproval: ['AwaitingApproval', 'ApprovalReject'], Pending: ['Cancelled'], Running: ['Cancelled'] },
};

/** States of one step. */
export type StepState = 'Waiting' | 'Reserving' | 'Running' | 'Succeeded' | 'Failed' | 'Cancelled';
