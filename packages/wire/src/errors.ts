export type WireErrorCode =
  | 'WIRE_HANDSHAKE_REFUSED'
  | 'WIRE_TAMPERED'
  | 'WIRE_BYTE_CEILING'
  | 'WIRE_CLOSED'
  | 'WIRE_PEER_SILENT'
  | 'WIRE_FRAME_INVALID'
  | 'WIRE_TRANSCRIPT_MISMATCH';

/** Every failure this package reports; `code` is stable, the message names the field and the fix. */
export class WireError extends Error {
  override readonly name = 'WireError';
  readonly code: WireErrorCode;

  constructor(code: WireErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
