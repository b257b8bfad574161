import { peer } from '@hyperledger/fabric-protos';

const NAMES = new Map<number, string>(Object.entries(peer.TxValidationCode).map(([name, code]) => [code, name]));

/** What peers make of a transaction, as Fabric names it: `VALID`, or why they do not apply it. */
export function validationCode(code: number | undefined): string {
  return NAMES.get(code ?? -1) ?? 'NOT_VALIDATED';
}
