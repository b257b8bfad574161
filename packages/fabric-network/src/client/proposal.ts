import { common, peer } from '@hyperledger/fabric-protos';
import { newHeader } from '../channel/headers.ts';
import { FabricNetworkError } from '../errors.ts';
import type { FabricSigner } from '../identity/signer.ts';
import { formatEndpoint } from '../names.ts';
import { channelCredentials, channelOptions, DEFAULT_TIMEOUT_MS, nodeError, type NodeAddress } from './grpc.ts';

/** A call of a system chaincode of one peer. */
export interface SystemCall {
  /** Empty for what concerns the peer and no channel. */
  readonly channel: string;
  readonly chaincode: 'cscc' | 'qscc' | '_lifecycle';
  readonly args: readonly Uint8Array[];
}

/**
 * Calls a system chaincode of one peer, which answers for itself: nothing is ordered.
 *
 * @returns its payload
 * @throws FabricNetworkError REFUSED (with the peer's reason), UNAVAILABLE
 */
export async function callPeer(node: NodeAddress, signer: FabricSigner, call: SystemCall, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<Uint8Array> {
  const proposal = await signedProposal(signer, call);
  const client = new peer.EndorserClient(formatEndpoint(node), channelCredentials(node), channelOptions(node));
  const what = `${call.chaincode} ${Buffer.from(call.args[0] ?? '').toString()}`;
  try {
    const response = await new Promise<peer.ProposalResponse>((resolve, reject) => {
      client.processProposal(proposal, { deadline: Date.now() + timeoutMs }, (error, answer) => (answer === undefined ? reject(error ?? new Error('no answer')) : resolve(answer)));
    });
    const inner = response.getResponse();
    if (inner === undefined || inner.getStatus() < 200 || inner.getStatus() >= 400) {
      throw new FabricNetworkError('REFUSED', `${formatEndpoint(node)}: ${what}: ${inner?.getStatus() ?? 0} ${inner?.getMessage() ?? 'no answer'}`);
    }
    return inner.getPayload_asU8();
  } catch (cause) {
    throw nodeError(node, what, cause);
  } finally {
    client.close();
  }
}

async function signedProposal(signer: FabricSigner, { channel, chaincode, args }: SystemCall): Promise<peer.SignedProposal> {
  const id = new peer.ChaincodeID();
  id.setName(chaincode);
  const extension = new peer.ChaincodeHeaderExtension();
  extension.setChaincodeId(id);
  const input = new peer.ChaincodeInput();
  input.setArgsList([...args]);
  const spec = new peer.ChaincodeSpec();
  spec.setType(peer.ChaincodeSpec.Type.GOLANG);
  spec.setChaincodeId(id);
  spec.setInput(input);
  const invocation = new peer.ChaincodeInvocationSpec();
  invocation.setChaincodeSpec(spec);
  const payload = new peer.ChaincodeProposalPayload();
  payload.setInput(invocation.serializeBinary());
  const { header } = newHeader(signer, { type: common.HeaderType.ENDORSER_TRANSACTION, channel, extension: extension.serializeBinary() });
  const proposal = new peer.Proposal();
  proposal.setHeader(header.serializeBinary());
  proposal.setPayload(payload.serializeBinary());
  const signed = new peer.SignedProposal();
  signed.setProposalBytes(proposal.serializeBinary());
  signed.setSignature(await signer.sign(signed.getProposalBytes_asU8()));
  return signed;
}
