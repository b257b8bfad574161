import { common, peer } from '@hyperledger/fabric-protos';
import { readConfig, type ChannelConfig } from '../channel/channel-config.ts';
import type { FabricSigner } from '../identity/signer.ts';
import { DEFAULT_TIMEOUT_MS, type NodeAddress } from './grpc.ts';
import { callPeer } from './proposal.ts';

const text = (value: string): Uint8Array => Buffer.from(value);

/** Installing waits for the external builder. */
const INSTALL_TIMEOUT_MS = 120_000;

/** A package on a peer. */
export interface InstalledPackage {
  readonly packageId: string;
  readonly label: string;
}

/** The administration of one peer, through its system chaincodes. */
export class PeerAdmin {
  readonly #node: NodeAddress;
  readonly #admin: FabricSigner;
  readonly #timeoutMs: number;

  /**
   * @param admin an administrator of the peer's own institution
   * @param timeoutMs for an answer about itself; joining and installing have their own
   */
  constructor(node: NodeAddress, admin: FabricSigner, timeoutMs = DEFAULT_TIMEOUT_MS) {
    this.#node = node;
    this.#admin = admin;
    this.#timeoutMs = timeoutMs;
  }

  /** Joins the peer to a channel by its genesis block. @throws FabricNetworkError REFUSED, UNAVAILABLE */
  async join(genesis: common.Block): Promise<void> {
    await callPeer(this.#node, this.#admin, { channel: '', chaincode: 'cscc', args: [text('JoinChain'), genesis.serializeBinary()] });
  }

  /** Names of the channels of the peer. @throws FabricNetworkError REFUSED, UNAVAILABLE */
  async channels(): Promise<string[]> {
    const payload = await callPeer(this.#node, this.#admin, { channel: '', chaincode: 'cscc', args: [text('GetChannels')] }, this.#timeoutMs);
    return peer.ChannelQueryResponse.deserializeBinary(payload).getChannelsList().map((each) => each.getChannelId());
  }

  /**
   * The configuration in force as this peer knows it: the view that its institution acts on. From its state, not from the
   * newest configuration block, which a peer that was restored from a snapshot does not have.
   *
   * @throws FabricNetworkError REFUSED, UNAVAILABLE, CONFIG_INVALID
   */
  async config(channel: string): Promise<ChannelConfig> {
    const payload = await callPeer(this.#node, this.#admin, { channel, chaincode: 'cscc', args: [text('GetChannelConfig'), text(channel)] }, this.#timeoutMs);
    return readConfig(payload, channel);
  }

  /** Number of blocks that the peer has of a channel. @throws FabricNetworkError REFUSED, UNAVAILABLE */
  async height(channel: string): Promise<number> {
    const payload = await callPeer(this.#node, this.#admin, { channel, chaincode: 'qscc', args: [text('GetChainInfo'), text(channel)] }, this.#timeoutMs);
    return common.BlockchainInfo.deserializeBinary(payload).getHeight();
  }

  /** One block as the peer has it. @throws FabricNetworkError REFUSED, UNAVAILABLE */
  async block(channel: string, height: number): Promise<common.Block> {
    const payload = await callPeer(this.#node, this.#admin, { channel, chaincode: 'qscc', args: [text('GetBlockByNumber'), text(channel), text(String(height))] }, this.#timeoutMs);
    return common.Block.deserializeBinary(payload);
  }

  /**
   * Installs a chaincode package.
   *
   * @returns the package id; installing the same package again gives the same
   * @throws FabricNetworkError REFUSED (the builder's reason), UNAVAILABLE
   */
  async install(chaincodePackage: Uint8Array): Promise<InstalledPackage> {
    const request = new peer.lifecycle.InstallChaincodeArgs();
    request.setChaincodeInstallPackage(chaincodePackage);
    const call = { channel: '', chaincode: '_lifecycle', args: [text('InstallChaincode'), request.serializeBinary()] } as const;
    const payload = await callPeer(this.#node, this.#admin, call, INSTALL_TIMEOUT_MS);
    const result = peer.lifecycle.InstallChaincodeResult.deserializeBinary(payload);
    return { packageId: result.getPackageId(), label: result.getLabel() };
  }

  /** Packages on the peer. @throws FabricNetworkError REFUSED, UNAVAILABLE */
  async installed(): Promise<InstalledPackage[]> {
    const args = [text('QueryInstalledChaincodes'), new peer.lifecycle.QueryInstalledChaincodesArgs().serializeBinary()];
    const payload = await callPeer(this.#node, this.#admin, { channel: '', chaincode: '_lifecycle', args }, this.#timeoutMs);
    const list = peer.lifecycle.QueryInstalledChaincodesResult.deserializeBinary(payload).getInstalledChaincodesList();
    return list.map((each) => ({ packageId: each.getPackageId(), label: each.getLabel() }));
  }
}
