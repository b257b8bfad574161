export { Pkcs11Error } from './errors.ts';
export type { Pkcs11ErrorCode } from './errors.ts';
export type { TokenAddress } from './session.ts';
export { Token } from './token.ts';
export { parseSealedKey, sealKey, unsealKey } from './sealed-key.ts';
export type { SealedKey } from './sealed-key.ts';
export { TokenKeyStore } from './token-key-store.ts';
