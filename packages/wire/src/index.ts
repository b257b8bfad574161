export { WireError } from './errors.ts';
export type { WireErrorCode } from './errors.ts';
export { courierJobSchema, courierJobSchemaId } from './courier/courier-job.ts';
export type { CourierInput, CourierJob, CourierOutput, CourierParty } from './courier/courier-job.ts';
export { COURIER_STATES, courierFailureSchema, courierStatusSchema, courierStatusSchemaId } from './courier/courier-status.ts';
export type { CourierFailure, CourierState, CourierStatus } from './courier/courier-status.ts';
export { controlReplySchema, controlRequestSchema } from './courier/control.ts';
export type { ControlReply, ControlRequest } from './courier/control.ts';
export {
  inputCommitmentSchema,
  receiptSchema,
  receiptSchemaId,
  signedReceiptSchema,
  signReceipt,
  transcriptSchema,
  transcriptsMatch,
  verifyReceipt,
} from './courier/receipt.ts';
export type { InputCommitment, Receipt, SignedReceipt, Transcript } from './courier/receipt.ts';
