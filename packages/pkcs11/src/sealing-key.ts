import { Pkcs11Error } from './errors.ts';
import { CKR, tokenFailed } from './return-values.ts';
import type { Session } from './session.ts';

const CKA = { class: 0x00, token: 0x01, private: 0x02, label: 0x03, keyType: 0x100, sensitive: 0x103, encrypt: 0x104, decrypt: 0x105, valueLength: 0x161, extractable: 0x162 } as const;
const CKO_SECRET_KEY = 4;
const CKK_AES = 0x1f;
const CKM_AES_KEY_GEN = 0x1080;

interface Attribute {
  readonly type: number;
  readonly pValue: Uint8Array;
  readonly ulValueLen: number;
}

/**
 * The handle of the AES key that seals, found by its label.
 *
 * @throws Pkcs11Error KEY_ABSENT, KEY_AMBIGUOUS, KEY_EXPORTABLE when the token would hand the key out, TOKEN_FAILED
 */
export async function findSealingKey(session: Session, label: string): Promise<number> {
  const { functions, handle, token } = session;
  const template = [number(CKA.class, CKO_SECRET_KEY), number(CKA.keyType, CKK_AES), text(CKA.label, label)];
  await must(functions.C_FindObjectsInit(handle, template, template.length), 'C_FindObjectsInit', token);
  const found = new BigUint64Array(2);
  const count = [0];
  const rv = await functions.C_FindObjects(handle, found, found.length, count);
  await functions.C_FindObjectsFinal(handle);
  if (rv !== CKR.ok) throw tokenFailed('C_FindObjects', rv, token);
  if (count[0] === 0) {
    throw new Pkcs11Error('KEY_ABSENT', `Token ${token}: no AES key labelled ${label}. Make one in the token: pkcs11-tool --module PATH --token-label ${token} --login --keygen --key-type aes:32 --sensitive --label ${label}`);
  }
  if (count[0] !== 1) throw new Pkcs11Error('KEY_AMBIGUOUS', `Token ${token}: several AES keys labelled ${label}; give one of them another label.`);
  const key = Number(found[0]);
  await assertNotExportable(session, key, label);
  return key;
}

/** Makes an AES-256 key in the token that never leaves it. @throws Pkcs11Error TOKEN_FAILED */
export async function makeSealingKey({ functions, handle, token }: Session, label: string): Promise<void> {
  const template = [
    number(CKA.class, CKO_SECRET_KEY), number(CKA.keyType, CKK_AES), number(CKA.valueLength, 32), text(CKA.label, label),
    flag(CKA.token, true), flag(CKA.private, true), flag(CKA.sensitive, true), flag(CKA.extractable, false), flag(CKA.encrypt, true), flag(CKA.decrypt, true),
  ];
  const mechanism = { mechanism: CKM_AES_KEY_GEN, pParameter: null, ulParameterLen: 0 };
  await must(functions.C_GenerateKey(handle, mechanism, template, template.length, [0]), 'C_GenerateKey', token);
}

async function assertNotExportable({ functions, handle, token }: Session, key: number, label: string): Promise<void> {
  const attributes = [flag(CKA.sensitive, false), flag(CKA.extractable, true)];
  await must(functions.C_GetAttributeValue(handle, key, attributes, attributes.length), 'C_GetAttributeValue', token);
  const [sensitive, extractable] = attributes.map(({ pValue }) => pValue[0] === 1);
  if (sensitive !== true || extractable !== false) {
    throw new Pkcs11Error('KEY_EXPORTABLE', `Token ${token}: the AES key ${label} can be read out of the token; make one that is sensitive and not extractable.`);
  }
}

async function must(call: Promise<number>, name: string, token: string): Promise<void> {
  const rv = await call;
  if (rv !== CKR.ok) throw tokenFailed(name, rv, token);
}

function number(type: number, value: number): Attribute {
  const pValue = Buffer.alloc(8);
  pValue.writeBigUInt64LE(BigInt(value));
  return { type, pValue, ulValueLen: 8 };
}

function flag(type: number, value: boolean): Attribute {
  return { type, pValue: Uint8Array.of(value ? 1 : 0), ulValueLen: 1 };
}

function text(type: number, value: string): Attribute {
  const pValue = Buffer.from(value, 'utf8');
  return { type, pValue, ulValueLen: pValue.length };
}
