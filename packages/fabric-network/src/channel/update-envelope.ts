import { verify } from 'node:crypto';
import { common, msp } from '@hyperledger/fabric-protos';
import { FabricNetworkError } from '../errors.ts';
import { certificateFacts, parseCertificate } from '../identity/certificate.ts';
import type { FabricSigner } from '../identity/signer.ts';
import { membersOf, orderingMembersOf, type ChannelConfig } from './channel-config.ts';
import { newSignatureHeader, signedEnvelope } from './headers.ts';

/**
 * Signs an update as an administrator. The signature says nothing about the channel's other configuration: whoever signs
 * has computed the same update from the change it agrees to (`computeUpdate`) and found the same octets.
 *
 * @returns the serialised `ConfigSignature`, to be handed to who collects them
 */
export async function signUpdate(update: Uint8Array, signer: FabricSigner): Promise<Uint8Array> {
  const header = newSignatureHeader(signer);
  const signature = new common.ConfigSignature();
  signature.setSignatureHeader(header);
  signature.setSignature(await signer.sign(Buffer.concat([header, update])));
  return signature.serializeBinary();
}

/** The update with its signatures, as an orderer takes it. `submitter` is any administrator or client of a member. */
export function updateEnvelope(channel: string, update: Uint8Array, signatures: readonly Uint8Array[], submitter: FabricSigner): Promise<common.Envelope> {
  const envelope = new common.ConfigUpdateEnvelope();
  envelope.setConfigUpdate(update);
  envelope.setSignaturesList(signatures.map((each) => common.ConfigSignature.deserializeBinary(each)));
  return signedEnvelope(submitter, { type: common.HeaderType.CONFIG_UPDATE, channel }, envelope.serializeBinary());
}

/**
 * Reads an update that another member made.
 *
 * @throws FabricNetworkError CONFIG_INVALID, WRONG_CHANNEL
 */
export function readUpdate(update: Uint8Array, channel: string): common.ConfigUpdate {
  let message: common.ConfigUpdate;
  try {
    message = common.ConfigUpdate.deserializeBinary(update);
  } catch (cause) {
    throw new FabricNetworkError('CONFIG_INVALID', 'update: cannot be read.', { field: 'update', cause });
  }
  if (message.getChannelId() !== channel) {
    throw new FabricNetworkError('WRONG_CHANNEL', `update: is for channel ${JSON.stringify(message.getChannelId())}, not for ${JSON.stringify(channel)}.`, { field: 'update' });
  }
  return message;
}

/**
 * Checks a collected signature: by an administrator of a member, enrolled by that member's authority, over this update.
 * Revocation lists are left to the orderer.
 *
 * @param now epoch milliseconds
 * @returns MSP id of who signed
 * @throws FabricNetworkError SIGNATURE_INVALID
 */
export function checkUpdateSignature(config: ChannelConfig, update: Uint8Array, signature: Uint8Array, now = Date.now()): string {
  const { mspId, certificatePem, message, octets } = readSignature(update, signature);
  const definition = [...membersOf(config), ...orderingMembersOf(config)].find((member) => member.mspId === mspId)?.msp;
  if (definition === undefined) throw invalid(`${mspId} is no member of ${config.channel}`);
  const certificate = parseCertificate(certificatePem, 'signature');
  const authorities = [...definition.rootCertificates, ...(definition.intermediateCertificates ?? [])].map((pem) => parseCertificate(pem, 'MSP'));
  if (!authorities.some((authority) => certificate.checkIssued(authority) && certificate.verify(authority.publicKey))) {
    throw invalid(`the certificate was not issued by an authority of ${mspId}`);
  }
  const facts = certificateFacts(certificatePem);
  if (!facts.organisationalUnits.includes('admin')) throw invalid(`${facts.commonName} of ${mspId} is not enrolled as an administrator`);
  if (now < facts.notBefore || now > facts.notAfter) throw invalid(`the certificate of ${facts.commonName} of ${mspId} is not valid now`);
  if (!verify('sha256', message, certificate.publicKey, octets)) throw invalid(`it was not made over this update by the key of ${facts.commonName} of ${mspId}`);
  return mspId;
}

/**
 * Checks collected signatures and that no member stands there twice, which would look like one more than there is.
 *
 * @returns MSP ids of who signed, in the order given
 * @throws FabricNetworkError SIGNATURE_INVALID, DUPLICATE_SIGNATURE
 */
export function checkUpdateSignatures(config: ChannelConfig, update: Uint8Array, signatures: readonly Uint8Array[], now = Date.now()): string[] {
  const signed = signatures.map((signature) => checkUpdateSignature(config, update, signature, now));
  const twice = signed.find((mspId, index) => signed.indexOf(mspId) !== index);
  if (twice !== undefined) throw new FabricNetworkError('DUPLICATE_SIGNATURE', `signatures: ${twice} signed twice; it counts once.`, { field: 'signatures' });
  return signed;
}

function readSignature(update: Uint8Array, signature: Uint8Array): { mspId: string; certificatePem: string; message: Uint8Array; octets: Uint8Array } {
  try {
    const outer = common.ConfigSignature.deserializeBinary(signature);
    const header = outer.getSignatureHeader_asU8();
    const creator = msp.SerializedIdentity.deserializeBinary(common.SignatureHeader.deserializeBinary(header).getCreator_asU8());
    return {
      mspId: creator.getMspid(),
      certificatePem: Buffer.from(creator.getIdBytes_asU8()).toString(),
      message: Buffer.concat([header, update]),
      octets: outer.getSignature_asU8(),
    };
  } catch (cause) {
    throw new FabricNetworkError('SIGNATURE_INVALID', 'signature: cannot be read.', { field: 'signature', cause });
  }
}

function invalid(reason: string): FabricNetworkError {
  return new FabricNetworkError('SIGNATURE_INVALID', `signature: ${reason}.`, { field: 'signature' });
}
