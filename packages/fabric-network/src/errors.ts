/**
 * Stable codes of {@link FabricNetworkError}.
 *
 * - `MSP_ID_INVALID`, `CHANNEL_NAME_INVALID`, `ENDPOINT_INVALID`, `VALUE_INVALID`: an argument; `field` names it.
 * - `CERTIFICATE_INVALID`, `CERTIFICATE_OPTIONS`: a certificate or key cannot be used, or not be issued as asked.
 * - `CONFIG_INVALID`: a channel configuration, block or update cannot be read.
 * - `WRONG_CHANNEL`: it belongs to another channel.
 * - `DUPLICATE_MEMBER`, `UNKNOWN_MEMBER`, `LAST_MEMBER`: of organisations, by MSP id.
 * - `DUPLICATE_CONSENTER`, `UNKNOWN_CONSENTER`, `LAST_CONSENTER`: of orderers, by address.
 * - `NO_CHANGE`: the configuration already is as asked.
 * - `SIGNATURE_INVALID`, `DUPLICATE_SIGNATURE`: of a configuration update.
 * - `REFUSED`: a node answered and said no; the message carries its reason.
 * - `UNAVAILABLE`: a node did not answer; later it may.
 */
export type FabricNetworkErrorCode =
  | 'MSP_ID_INVALID'
  | 'CHANNEL_NAME_INVALID'
  | 'ENDPOINT_INVALID'
  | 'VALUE_INVALID'
  | 'CERTIFICATE_INVALID'
  | 'CERTIFICATE_OPTIONS'
  | 'CONFIG_INVALID'
  | 'WRONG_CHANNEL'
  | 'DUPLICATE_MEMBER'
  | 'UNKNOWN_MEMBER'
  | 'LAST_MEMBER'
  | 'DUPLICATE_CONSENTER'
  | 'UNKNOWN_CONSENTER'
  | 'LAST_CONSENTER'
  | 'NO_CHANGE'
  | 'SIGNATURE_INVALID'
  | 'DUPLICATE_SIGNATURE'
  | 'REFUSED'
  | 'UNAVAILABLE';

/** The one error class of this package; the message names the field and the fix. */
export class FabricNetworkError extends Error {
  override readonly name = 'FabricNetworkError';
  readonly code: FabricNetworkErrorCode;
  readonly field?: string;

  constructor(code: FabricNetworkErrorCode, message: string, details: { cause?: unknown; field?: string } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    if (details.field !== undefined) this.field = details.field;
  }
}
