import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { signers } from '@hyperledger/fabric-gateway';
import { msp } from '@hyperledger/fabric-protos';
import { FabricNetworkError } from '../errors.ts';
import { checkMspId } from '../names.ts';
import { parseCertificate, type KeyAndCertificate } from './certificate.ts';

/** An enrolled identity that can sign. The key may be elsewhere: only the signature is asked for. */
export interface FabricSigner {
  readonly mspId: string;
  readonly certificatePem: string;
  /** Signs SHA-256 of `message`: ECDSA in DER with a low S, the only form that Fabric accepts. */
  readonly sign: (message: Uint8Array) => Promise<Uint8Array>;
}

/**
 * Signer over a key in PEM.
 *
 * @throws FabricNetworkError MSP_ID_INVALID, CERTIFICATE_INVALID (key and certificate do not belong together)
 */
export function signerFromPem(mspId: string, identity: KeyAndCertificate): FabricSigner {
  checkMspId(mspId);
  const key = readKey(identity.privateKeyPem);
  const certificate = parseCertificate(identity.certificatePem, 'certificatePem');
  if (!certificate.publicKey.equals(createPublicKey(key))) {
    throw new FabricNetworkError('CERTIFICATE_INVALID', 'privateKeyPem: belongs to another certificate.', { field: 'privateKeyPem' });
  }
  const signDigest = signers.newPrivateKeySigner(key);
  return { mspId, certificatePem: identity.certificatePem, sign: (message) => signDigest(createHash('sha256').update(message).digest()) };
}

function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new FabricNetworkError('CERTIFICATE_INVALID', 'privateKeyPem: is not a private key in PEM.', { field: 'privateKeyPem', cause });
  }
}

/** The creator of a message, as Fabric serialises it. */
export function serializedIdentity({ mspId, certificatePem }: Pick<FabricSigner, 'mspId' | 'certificatePem'>): Uint8Array {
  const identity = new msp.SerializedIdentity();
  identity.setMspid(mspId);
  identity.setIdBytes(Buffer.from(certificatePem));
  return identity.serializeBinary();
}
