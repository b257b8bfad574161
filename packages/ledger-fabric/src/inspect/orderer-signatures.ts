import { verify, X509Certificate } from 'node:crypto';
import { common, msp } from '@hyperledger/fabric-protos';
import { certificateFacts, orderingMembersOf, readConfigBlock, type ChannelConfig } from '@collabnet/fabric-network';
import { LedgerError } from '@collabnet/ledger';
import { headerOctets } from '../block-hash.ts';

/** Follows the configuration of a channel and checks that its orderers have signed each block. */
export class OrdererSignatures {
  #config: ChannelConfig | undefined;

  /** @param config block with the configuration in force; undefined: block 0 comes first */
  constructor(config?: common.Block) {
    if (config !== undefined) this.#config = configurationIn(config);
  }

  /** @throws LedgerError BLOCK_INVALID naming the block */
  check(block: common.Block): void {
    const number = block.getHeader()?.getNumber() ?? 0;
    // Block 0 is handed over, not ordered: nobody signs it.
    if (number > 0) this.#checkSigned(block, number);
    this.#config = configurationIn(block) ?? this.#config;
  }

  #checkSigned(block: common.Block, number: number): void {
    const header = block.getHeader();
    if (this.#config === undefined || header === undefined) throw invalid(number, 'the configuration of the channel before it is not known');
    const metadata = metadataOf(block, number);
    const der = headerOctets(number, header.getPreviousHash_asU8(), header.getDataHash_asU8());
    const signatures = metadata.getSignaturesList();
    if (signatures.length === 0) throw invalid(number, 'no orderer has signed it');
    for (const signature of signatures) {
      const signer = signature.getSignatureHeader_asU8();
      const message = Buffer.concat([metadata.getValue_asU8(), signer, der]);
      const { certificate, mspId } = ordererOf(this.#config, signer, number);
      if (!verify('sha256', message, certificate.publicKey, signature.getSignature_asU8())) throw invalid(number, `the signature of the orderer of ${mspId} does not hold over it`);
    }
  }
}

/** The certificate of a signer, which has to be one of an orderer of the channel. Its end is not looked at: blocks are kept for longer. */
function ordererOf(config: ChannelConfig, signatureHeader: Uint8Array, number: number): { certificate: X509Certificate; mspId: string } {
  const creator = msp.SerializedIdentity.deserializeBinary(common.SignatureHeader.deserializeBinary(signatureHeader).getCreator_asU8());
  const mspId = creator.getMspid();
  const member = orderingMembersOf(config).find((each) => each.mspId === mspId);
  if (member === undefined) throw invalid(number, `it is signed by ${mspId === '' ? 'nobody' : mspId}, which runs no orderer of ${config.channel}`);
  const pem = Buffer.from(creator.getIdBytes_asU8()).toString();
  const certificate = certificateIn(pem, number);
  const authorities = [...member.msp.rootCertificates, ...(member.msp.intermediateCertificates ?? [])].map((each) => new X509Certificate(each));
  if (!authorities.some((authority) => certificate.checkIssued(authority) && certificate.verify(authority.publicKey))) throw invalid(number, `the certificate that signed it was not issued by an authority of ${mspId}`);
  if (!certificateFacts(pem).organisationalUnits.includes('orderer')) throw invalid(number, `the certificate of ${mspId} that signed it is not that of an orderer`);
  return { certificate, mspId };
}

function certificateIn(pem: string, number: number): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw invalid(number, 'the certificate that signed it cannot be read', cause);
  }
}

function metadataOf(block: common.Block, number: number): common.Metadata {
  try {
    return common.Metadata.deserializeBinary(block.getMetadata()?.getMetadataList_asU8()[common.BlockMetadataIndex.SIGNATURES] ?? new Uint8Array());
  } catch (cause) {
    throw invalid(number, 'the signatures of the orderers cannot be read', cause);
  }
}

/** The configuration that a block brings; undefined for one with transactions. */
function configurationIn(block: common.Block): ChannelConfig | undefined {
  try {
    return readConfigBlock(block);
  } catch {
    return undefined;
  }
}

function invalid(number: number, detail: string, cause?: unknown): LedgerError {
  return new LedgerError('BLOCK_INVALID', `block ${number}: ${detail}`, { height: number, cause });
}
