import type { SpanKey } from './span-keys.ts';

/**
 * What a span may say about itself. The list is closed on purpose: ids, places in the protocol, reasons and outcomes.
 * There is no attribute for data, numbers of rows or commitments, and none for free text.
 */
export interface SpanAttributes {
  readonly 'collabnet.flow_id'?: string;
  readonly 'collabnet.network_id'?: string;
  /** DID of the party that did it. */
  readonly 'collabnet.party'?: string;
  readonly 'collabnet.step'?: string;
  readonly 'collabnet.attempt'?: number;
  /** State that the flow, a consent or an attempt ended in. */
  readonly 'collabnet.state'?: string;
  /** How consent came: `Grant` or `Person`. */
  readonly 'collabnet.via'?: string;
  /** Stable word for why something failed. */
  readonly 'collabnet.reason'?: string;
  /** Confinement of the engine, as the ledger shows it. */
  readonly 'collabnet.isolation'?: string;
  /** Id of an asset in the catalogue. */
  readonly 'collabnet.asset'?: string;
  readonly 'collabnet.contract'?: string;
  readonly 'collabnet.method'?: string;
  readonly 'collabnet.height'?: number;
}

/** One piece of work of a task that is over. */
export interface Span {
  readonly flowId: string;
  readonly key: SpanKey;
  /** Absent only for the task itself. */
  readonly parent?: SpanKey;
  readonly name: string;
  /** Epoch ms: of a block where the ledger tells, else of this machine. */
  readonly start: number;
  readonly end: number;
  /** Set when it failed: a stable word, never a message. */
  readonly failure?: string | undefined;
  readonly attributes?: SpanAttributes;
}
