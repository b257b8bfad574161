/**
 * Codes of {@link FabricExecutionError}, besides those of the contracts:
 *
 * - `NOT_FOUNDED`: the channel holds no network yet; submit its genesis first.
 * - `ALREADY_FOUNDED`: it holds another network.
 * - `GENESIS_INVALID`: the genesis is malformed or not signed by its founder.
 * - `HEIGHT_INVALID`: the height that the sender names is no height, or lies far beyond all it could have seen.
 * - `CALL_INVALID`: the arguments of the proposal are no call of this chaincode.
 * - `CONTRACTS_MISMATCH`: sender and chaincode run different versions of the contracts.
 * - `UPGRADE_PENDING`: the chaincode's version is in force, and the records are still those of the version before.
 * - `CLOCK_SKEW`: the time of the transaction lies outside the window around the endorser's clock.
 */
export type FabricExecutionErrorCode = 'NOT_FOUNDED' | 'ALREADY_FOUNDED' | 'GENESIS_INVALID' | 'HEIGHT_INVALID' | 'CALL_INVALID' | 'CONTRACTS_MISMATCH' | 'UPGRADE_PENDING' | 'CLOCK_SKEW';

/** A call that does not get as far as the contracts. */
export class FabricExecutionError extends Error {
  override readonly name = 'FabricExecutionError';
  readonly code: FabricExecutionErrorCode;

  constructor(code: FabricExecutionErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
