import type { Json, TransactionPayload } from '@collabnet/envelope';

/** The task that a transaction is about, as its public part names it. */
export interface TransactionTask {
  readonly flowId: string;
  readonly step?: string;
  readonly attempt?: number;
}

const FLOW_ID = /^[0-9a-f]{64}$/;

/** Which flow, and which attempt of it, a transaction is about; undefined for one about none. It is not verified here. */
export function transactionTask({ public: content }: Pick<TransactionPayload, 'public'>): TransactionTask | undefined {
  const flowId = content['flowId'] ?? consentedFlow(content['subject']);
  if (typeof flowId !== 'string' || !FLOW_ID.test(flowId)) return undefined;
  const { step, attempt } = content;
  const inAttempt = typeof step === 'string' && typeof attempt === 'number';
  return inAttempt ? { flowId, step, attempt } : { flowId };
}

/** A consent names what it is about as its subject. */
function consentedFlow(subject: Json | undefined): Json | undefined {
  if (typeof subject !== 'object' || subject === null || Array.isArray(subject)) return undefined;
  return subject['kind'] === 'Flow' ? subject['id'] : undefined;
}
