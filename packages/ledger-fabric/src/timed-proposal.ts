import { common, gateway as protos, peer } from '@hyperledger/fabric-protos';
import type { Gateway, Proposal } from '@hyperledger/fabric-gateway';

/**
 * A proposal whose timestamp is that of the given clock: it becomes the time that the contracts see. The gateway library
 * takes its own clock, so the header is set here; the transaction id does not depend on it.
 *
 * @param time epoch ms
 * @param organisations MSP ids of who shall endorse; the gateway chooses when absent
 */
export function timedProposal(gateway: Gateway, channel: string, chaincode: string, args: readonly string[], time: number, organisations?: readonly string[]): Proposal {
  const [name = '', ...rest] = args;
  const options = { arguments: rest, ...(organisations !== undefined && { endorsingOrganizations: [...organisations] }) };
  const drafted = gateway.getNetwork(channel).getContract(chaincode).newProposal(name, options);
  const proposed = protos.ProposedTransaction.deserializeBinary(drafted.getBytes());
  const signed = proposed.getProposal() ?? new peer.SignedProposal();
  const proposal = peer.Proposal.deserializeBinary(signed.getProposalBytes_asU8());
  const header = common.Header.deserializeBinary(proposal.getHeader_asU8());
  const channelHeader = common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8());
  const timestamp = channelHeader.getTimestamp();
  timestamp?.setSeconds(Math.floor(time / 1000)).setNanos((time % 1000) * 1_000_000);
  channelHeader.setTimestamp(timestamp);
  header.setChannelHeader(channelHeader.serializeBinary());
  proposal.setHeader(header.serializeBinary());
  signed.setProposalBytes(proposal.serializeBinary());
  signed.setSignature('');
  proposed.setProposal(signed);
  return gateway.newProposal(proposed.serializeBinary());
}
