/** What a span is about, apart from its flow. The first word is the kind. */
export type SpanKey = readonly string[];

/** An attempt as spans name it. */
export interface SpannedAttempt {
  /** DID of the party. */
  readonly party: string;
  readonly step: string;
  readonly attempt: number;
}

/** The whole task: parent of all others. The proposer's operator writes it when the flow has ended. */
export const TASK_SPAN: SpanKey = ['task'];

/** One party's part in one attempt; what runs within it has it as its parent. */
export function attemptSpan({ party, step, attempt }: SpannedAttempt): SpanKey {
  return ['attempt', party, step, String(attempt)];
}

/** One transaction on its way to the ledger. @param digest of the transaction */
export function submitSpan(digest: string): SpanKey {
  return ['submit', digest];
}
