import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { common, ledger, peer } from '@hyperledger/fabric-protos';
import { isCounted } from './counted-call.ts';
import { policyMetadata } from './key-metadata.ts';
import { parseBlock } from './parse-block.ts';
import { CHAINCODE } from './testing/block-builder.ts';

const GARBAGE = Buffer.from([0xff, 0xff, 0xff]);
const KEY = 'party/did:x';

/** A message with some members set; setters of this library give nothing back. */
function made<T>(message: T, ...set: ((message: T) => unknown)[]): T {
  for (const each of set) each(message);
  return message;
}

/** A valid block with one transaction that sets a policy, whose proposal nobody but its endorser can have read. */
function blockOf(policy: Uint8Array): common.Block {
  const { rwset } = ledger;
  const entry = made(new rwset.kvrwset.KVMetadataEntry(), (each) => each.setName('VALIDATION_PARAMETER'), (each) => each.setValue(policy));
  const metadata = made(new rwset.kvrwset.KVMetadataWrite(), (each) => each.setKey(KEY), (each) => each.setEntriesList([entry]));
  const set = made(new rwset.NsReadWriteSet(), (each) => each.setNamespace(CHAINCODE), (each) => each.setRwset(made(new rwset.kvrwset.KVRWSet(), (rw) => rw.setMetadataWritesList([metadata])).serializeBinary()));
  const result = made(new peer.ChaincodeAction(), (each) => each.setResults(made(new rwset.TxReadWriteSet(), (sets) => sets.setNsRwsetList([set])).serializeBinary()));
  const response = made(new peer.ProposalResponsePayload(), (each) => each.setExtension$(result.serializeBinary()));
  const endorsed = made(new peer.ChaincodeEndorsedAction(), (each) => each.setProposalResponsePayload(response.serializeBinary()));
  const action = made(new peer.ChaincodeActionPayload(), (each) => each.setChaincodeProposalPayload(GARBAGE), (each) => each.setAction(endorsed));
  const transaction = made(new peer.Transaction(), (each) => each.setActionsList([made(new peer.TransactionAction(), (one) => one.setPayload(action.serializeBinary()))]));
  const header = made(new common.ChannelHeader(), (each) => each.setType(common.HeaderType.ENDORSER_TRANSACTION), (each) => each.setTxId('one'));
  const payload = made(new common.Payload(), (each) => each.setHeader(made(new common.Header(), (one) => one.setChannelHeader(header.serializeBinary()))), (each) => each.setData(transaction.serializeBinary()));
  const envelope = made(new common.Envelope(), (each) => each.setPayload(payload.serializeBinary())).serializeBinary();
  const marks: Uint8Array[] = Array.from({ length: 5 }, () => new Uint8Array());
  marks[common.BlockMetadataIndex.TRANSACTIONS_FILTER] = Uint8Array.of(peer.TxValidationCode.VALID);
  return made(
    new common.Block(),
    (each) => each.setHeader(made(new common.BlockHeader(), (one) => one.setDataHash(createHash('sha256').update(envelope).digest()))),
    (each) => each.setData(made(new common.BlockData(), (one) => one.setDataList([envelope]))),
    (each) => each.setMetadata(made(new common.BlockMetadata(), (one) => one.setMetadataList(marks))),
  );
}

test('a proposal that cannot be read does not keep anybody from reading the block', () => {
  const [tx] = parseBlock(blockOf(GARBAGE)).transactions;
  assert.ok(tx?.call);
  assert.deepEqual([tx.code, tx.call.chaincode, tx.call.args], ['VALID', '', []]);
  assert.equal(isCounted(tx.call, CHAINCODE), false);
});

test('the policy of a key is read as the replica computes it', () => {
  const due = policyMetadata({ key: KEY, mspId: 'bank-a' });
  const [, policy = ''] = (JSON.parse(due.text) as [string, string][])[0] ?? [];
  const [tx] = parseBlock(blockOf(Buffer.from(policy, 'base64'))).transactions;
  assert.deepEqual(tx?.call?.metadata.get(CHAINCODE), [due]);
});
