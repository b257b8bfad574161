import type { Receipt } from '@collabnet/flow';

/** `receipt/<flowId>/<step>/<partyDid>` */
export interface ReceiptRecord {
  schema: 'collabnet.dev/receipt-record/v1';
  rules: string;
  flowId: string;
  step: string;
  attempt: number;
  party: string;
  receipt: Receipt;
  /** Of the attempt's key over the canonical receipt, base64url. */
  signature: string;
  /** SM3 of the canonical receipt. */
  digest: string;
  height: number;
  at: number;
}
