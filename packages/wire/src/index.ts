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
export type { DatagramLink } from './datagram-link.ts';
export { encodeHeader, frameTypes, frameVersion, headerLength, maxPayload, parseFrame } from './frames/frame.ts';
export type { Frame, FrameHeader, FrameType } from './frames/frame.ts';
export { profileOf } from './profile/profile-of.ts';
export type { AgreementInput, Ephemeral, FrameCipher, WireProfile, WireProfileName } from './profile/wire-profile.ts';
export { isInitiator } from './handshake/context.ts';
export type { WireContext, WireIdentity, WirePeer } from './handshake/context.ts';
export { openSession } from './session.ts';
export type { SessionOptions } from './session.ts';
export { ReliableChannel } from './channel/reliable-channel.ts';
export type { ChannelCounters, ChannelListener, ChannelOptions, ChannelTotals } from './channel/reliable-channel.ts';
export type { EndFailure, EndMessage } from './channel/end-message.ts';
export type { DirectionTotals } from './channel/transcript-digest.ts';
export { Tunnel } from './tunnel/tunnel.ts';
export type { TunnelOptions } from './tunnel/tunnel.ts';
