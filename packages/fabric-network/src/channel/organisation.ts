import { common, peer } from '@hyperledger/fabric-protos';
import { FabricNetworkError } from '../errors.ts';
import { mspConfig, type MspDefinition } from '../msp/definition.ts';
import { checkEndpoint, formatEndpoint, type Endpoint } from '../names.ts';
import { newGroup, setPolicy, setValue, VALUE } from './groups.ts';
import { signaturePolicy } from './policies.ts';

/** An institution as a member of a channel. */
export interface Organisation {
  readonly msp: MspDefinition;
  /** Peers that other organisations may contact to find the rest; without one its peers are not found. */
  readonly anchorPeers: readonly Endpoint[];
}

/** An institution as one that orders. */
export interface OrderingOrganisation {
  readonly msp: MspDefinition;
  /** Where its orderers are reached by peers and clients. */
  readonly endpoints: readonly Endpoint[];
}

/**
 * The group of an organisation below `Application`. It changes its own definition and anchor peers by itself: the mod
 * policy is its own `Admins`.
 */
export function applicationGroup({ msp, anchorPeers }: Organisation): common.ConfigGroup {
  const group = newGroup();
  setValue(group, VALUE.msp, mspConfig(msp));
  if (anchorPeers.length > 0) setValue(group, VALUE.anchorPeers, anchorPeersMessage(anchorPeers));
  const { mspId } = msp;
  setPolicy(group, 'Readers', signaturePolicy(1, [{ mspId, role: 'admin' }, { mspId, role: 'peer' }, { mspId, role: 'client' }]));
  setPolicy(group, 'Writers', signaturePolicy(1, [{ mspId, role: 'admin' }, { mspId, role: 'client' }]));
  setPolicy(group, 'Admins', signaturePolicy(1, [{ mspId, role: 'admin' }]));
  setPolicy(group, 'Endorsement', signaturePolicy(1, [{ mspId, role: 'peer' }]));
  return group;
}

/**
 * The group of an organisation below `Orderer`. Only its orderers are `Writers`, because that policy decides who may
 * sign blocks: with `member`, the usual example, each client of an ordering organisation could forge one.
 *
 * @throws FabricNetworkError ENDPOINT_INVALID
 */
export function ordererGroup({ msp, endpoints }: OrderingOrganisation): common.ConfigGroup {
  const group = newGroup();
  setValue(group, VALUE.msp, mspConfig(msp));
  setValue(group, VALUE.endpoints, endpointsMessage(endpoints));
  const { mspId } = msp;
  setPolicy(group, 'Readers', signaturePolicy(1, [{ mspId, role: 'member' }]));
  setPolicy(group, 'Writers', signaturePolicy(1, [{ mspId, role: 'orderer' }]));
  setPolicy(group, 'Admins', signaturePolicy(1, [{ mspId, role: 'admin' }]));
  return group;
}

/** @throws FabricNetworkError ENDPOINT_INVALID */
export function anchorPeersMessage(anchorPeers: readonly Endpoint[]): peer.AnchorPeers {
  const message = new peer.AnchorPeers();
  message.setAnchorPeersList(
    anchorPeers.map((each, index) => {
      const { host, port } = checkEndpoint(each, `anchorPeers[${index}]`);
      const anchor = new peer.AnchorPeer();
      anchor.setHost(host);
      anchor.setPort(port);
      return anchor;
    }),
  );
  return message;
}

/** @throws FabricNetworkError ENDPOINT_INVALID */
export function endpointsMessage(endpoints: readonly Endpoint[]): common.OrdererAddresses {
  if (endpoints.length === 0) throw new FabricNetworkError('ENDPOINT_INVALID', 'endpoints: give at least one; nobody would find the orderer.', { field: 'endpoints' });
  const message = new common.OrdererAddresses();
  message.setAddressesList(endpoints.map((each, index) => formatEndpoint(checkEndpoint(each, `endpoints[${index}]`))));
  return message;
}
