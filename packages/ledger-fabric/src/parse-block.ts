import { common, ledger, msp, peer } from '@hyperledger/fabric-protos';
import { LedgerError } from '@collabnet/ledger';
import { dataHash, headerHash } from './block-hash.ts';
import type { BlockMetadata, BlockTransaction, BlockWrite, FabricBlock } from './fabric-block.ts';
import { metadataOf } from './key-metadata.ts';
import { validationCode } from './validation-code.ts';

const LIFECYCLE = '_lifecycle';
const DEFINITION = /^namespaces\/fields\/(.+)\/EndorsementInfo$/;

/**
 * Reads a block and checks that its header fits its data.
 *
 * @throws LedgerError BLOCK_INVALID
 */
export function parseBlock(block: common.Block): FabricBlock {
  const header = block.getHeader();
  const data = block.getData()?.getDataList_asU8() ?? [];
  const number = header?.getNumber() ?? -1;
  if (header === undefined || dataHash(data) !== hex(header.getDataHash_asU8())) {
    throw new LedgerError('BLOCK_INVALID', `block ${number}: its data do not hash to what its header says`, { height: number });
  }
  const codes = block.getMetadata()?.getMetadataList_asU8()[common.BlockMetadataIndex.TRANSACTIONS_FILTER] ?? new Uint8Array();
  const transactions = data.map((envelope, index) => parseTransaction(envelope, validationCode(codes[index])));
  const previous = header.getPreviousHash_asU8();
  return { number, hash: headerHash(number, previous, header.getDataHash_asU8()), previous: hex(previous), transactions };
}

function parseTransaction(octets: Uint8Array, code: string): BlockTransaction {
  // What is not valid is not looked into: anybody may have put anything there.
  const payload = common.Payload.deserializeBinary(common.Envelope.deserializeBinary(octets).getPayload_asU8());
  const header = common.ChannelHeader.deserializeBinary(payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array());
  const txId = header.getTxId();
  if (code !== 'VALID' || header.getType() !== Number(common.HeaderType.ENDORSER_TRANSACTION)) return { txId, code };
  const actions = peer.Transaction.deserializeBinary(payload.getData_asU8()).getActionsList();
  const action = actions[0];
  if (action === undefined || actions.length !== 1) return { txId, code };
  const signature = common.SignatureHeader.deserializeBinary(payload.getHeader()?.getSignatureHeader_asU8() ?? new Uint8Array());
  const creator = msp.SerializedIdentity.deserializeBinary(signature.getCreator_asU8()).getMspid();
  const time = header.getTimestamp()?.toDate().getTime() ?? 0;
  return { txId, code, call: { ...parseAction(action), time, creator } };
}

type Called = NonNullable<BlockTransaction['call']>;

function parseAction(action: peer.TransactionAction): Omit<Called, 'time' | 'creator'> {
  const payload = peer.ChaincodeActionPayload.deserializeBinary(action.getPayload_asU8());
  const response = peer.ProposalResponsePayload.deserializeBinary(payload.getAction()?.getProposalResponsePayload_asU8() ?? new Uint8Array());
  const result = peer.ChaincodeAction.deserializeBinary(response.getExtension_asU8());
  const sets = ledger.rwset.TxReadWriteSet.deserializeBinary(result.getResults_asU8()).getNsRwsetList();
  const parsed = sets.map((set) => ({ name: set.getNamespace(), set: ledger.rwset.kvrwset.KVRWSet.deserializeBinary(set.getRwset_asU8()), collections: set.getCollectionHashedRwsetList().length }));
  return {
    ...parseProposal(payload.getChaincodeProposalPayload_asU8()),
    answer: text(result.getResponse()?.getPayload_asU8() ?? new Uint8Array()),
    writes: new Map(parsed.map(({ name, set }) => [name, set.getWritesList().map(writeOf)])),
    metadata: new Map(parsed.map(({ name, set }) => [name, set.getMetadataWritesList().map(metadataWriteOf)])),
    definitions: new Map(parsed.flatMap(({ name, set }) => (name === LIFECYCLE ? set.getWritesList().flatMap(definitionOf) : []))),
    otherChanges: parsed.filter(({ collections }) => collections > 0).map(({ name }) => name),
  };
}

/** Fabric reads it when it endorses and not when it validates: in what one organisation alone may write, it can be anything. */
function parseProposal(octets: Uint8Array): Pick<Called, 'chaincode' | 'args'> {
  try {
    const input = peer.ChaincodeProposalPayload.deserializeBinary(octets).getInput_asU8();
    const spec = peer.ChaincodeInvocationSpec.deserializeBinary(input).getChaincodeSpec();
    return { chaincode: spec?.getChaincodeId()?.getName() ?? '', args: (spec?.getInput()?.getArgsList_asU8() ?? []).map(text) };
  } catch {
    return { chaincode: '', args: [] };
  }
}

function metadataWriteOf(write: ledger.rwset.kvrwset.KVMetadataWrite): BlockMetadata {
  return metadataOf(write.getKey(), write.getEntriesList().map((entry) => ({ name: entry.getName(), value: entry.getValue_asU8() })));
}

/** What Fabric's own chaincode keeps of a definition is one key a field; the version stands in one of them. */
function definitionOf(write: ledger.rwset.kvrwset.KVWrite): [string, string][] {
  const name = DEFINITION.exec(write.getKey())?.[1];
  if (name === undefined || write.getIsDelete()) return [];
  const field = peer.lifecycle.StateData.deserializeBinary(write.getValue_asU8()).getBytes_asU8();
  return [[name, peer.lifecycle.ChaincodeEndorsementInfo.deserializeBinary(field).getVersion()]];
}

function writeOf(write: ledger.rwset.kvrwset.KVWrite): BlockWrite {
  return write.getIsDelete() ? { key: write.getKey() } : { key: write.getKey(), text: text(write.getValue_asU8()) };
}

function text(octets: Uint8Array): string {
  return Buffer.from(octets).toString('utf8');
}

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}
