import { receiptSchema, type Receipt, type Transcript } from '@collabnet/flow';
import { canonicalJson } from '@collabnet/envelope';
import { sm2Sign, sm2Verify } from '@collabnet/sm';
import { z } from 'zod';
import { signatureSchema } from './primitives.ts';

/** A receipt and the SM2 signature over its canonical JSON by the attempt's delegated key. */
export const signedReceiptSchema = z.strictObject({ receipt: receiptSchema, signature: signatureSchema });
export type SignedReceipt = z.infer<typeof signedReceiptSchema>;

/** Signs with the attempt key (hex). */
export function signReceipt(receipt: Receipt, attemptKey: string): SignedReceipt {
  return { receipt, signature: sm2Sign(canonicalJson(receipt), attemptKey) };
}

/** @param courierKey public key of the attempt, from the ledger; never the one in the receipt */
export function verifyReceipt(signed: SignedReceipt, courierKey: string): boolean {
  return signed.receipt.courierKey === courierKey && sm2Verify(canonicalJson(signed.receipt), signed.signature, courierKey);
}

/** Whether what each party says it sent is what the other says it received, byte for byte. */
export function transcriptsMatch(a: Receipt, b: Receipt): boolean {
  const [atA, atB] = [a.transcripts[b.party], b.transcripts[a.party]];
  if (!atA || !atB) return false;
  const same = (one: Transcript, other: Transcript): boolean =>
    one.sentDigest === other.receivedDigest && one.sentBytes === other.receivedBytes && one.sentFrames === other.receivedFrames;
  return same(atA, atB) && same(atB, atA);
}
