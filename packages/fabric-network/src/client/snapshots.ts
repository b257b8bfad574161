import type { ServiceError } from '@grpc/grpc-js';
import { common, peer } from '@hyperledger/fabric-protos';
import { newSignatureHeader } from '../channel/headers.ts';
import type { FabricSigner } from '../identity/signer.ts';
import { formatEndpoint } from '../names.ts';
import { channelCredentials, channelOptions, DEFAULT_TIMEOUT_MS, nodeError, type NodeAddress } from './grpc.ts';
import { callPeer } from './proposal.ts';

/**
 * Snapshots of a peer's ledger: the state without the blocks before it. They are the same octets on every honest peer at
 * one height, and their files are signed for by a hash in `_snapshot_signable_metadata.json`.
 */
export class PeerSnapshots {
  readonly #node: NodeAddress;
  readonly #admin: FabricSigner;

  /** @param admin an administrator of the peer's own institution */
  constructor(node: NodeAddress, admin: FabricSigner) {
    this.#node = node;
    this.#admin = admin;
  }

  /**
   * Asks for a snapshot once the peer has committed block `block`; of the last block when none is given. It comes to lie
   * below the peer's snapshot folder, in `completed/<channel>/<block>`.
   *
   * @throws FabricNetworkError REFUSED (there is one already, or the block is past), UNAVAILABLE
   */
  async request(channel: string, block?: number): Promise<void> {
    const request = new peer.SnapshotRequest();
    request.setSignatureHeader(this.#header());
    request.setChannelId(channel);
    // 0 stands for the last block.
    request.setBlockNumber(block ?? 0);
    await this.#call(request, (client, signed, options, callback) => client.generate(signed, options, callback));
  }

  /** Heights of blocks at which snapshots will be taken. @throws FabricNetworkError REFUSED, UNAVAILABLE */
  async pending(channel: string): Promise<number[]> {
    const query = new peer.SnapshotQuery();
    query.setSignatureHeader(this.#header());
    query.setChannelId(channel);
    const response = await this.#call<peer.QueryPendingSnapshotsResponse>(query, (client, signed, options, callback) => client.queryPendings(signed, options, callback));
    return response.getBlockNumbersList();
  }

  /**
   * Starts to join the peer to the channel of a snapshot; `joining` tells when it is done.
   *
   * @param folder on the peer's own disk
   * @throws FabricNetworkError REFUSED, UNAVAILABLE
   */
  async join(folder: string): Promise<void> {
    await callPeer(this.#node, this.#admin, { channel: '', chaincode: 'cscc', args: [Buffer.from('JoinChainBySnapshot'), Buffer.from(folder)] });
  }

  /** The folder that the peer is reading, if it is joining by a snapshot. @throws FabricNetworkError REFUSED, UNAVAILABLE */
  async joining(): Promise<string | undefined> {
    const payload = await callPeer(this.#node, this.#admin, { channel: '', chaincode: 'cscc', args: [Buffer.from('JoinBySnapshotStatus')] });
    const status = peer.JoinBySnapshotStatus.deserializeBinary(payload);
    return status.getInProgress() ? status.getBootstrappingSnapshotDir() : undefined;
  }

  #header(): common.SignatureHeader {
    return common.SignatureHeader.deserializeBinary(newSignatureHeader(this.#admin));
  }

  async #call<T>(
    message: { serializeBinary(): Uint8Array },
    method: (client: peer.SnapshotClient, signed: peer.SignedSnapshotRequest, options: { deadline: number }, callback: (error: ServiceError | null, answer?: T) => void) => unknown,
  ): Promise<T> {
    const signed = new peer.SignedSnapshotRequest();
    signed.setRequest(message.serializeBinary());
    signed.setSignature(await this.#admin.sign(signed.getRequest_asU8()));
    const client = new peer.SnapshotClient(formatEndpoint(this.#node), channelCredentials(this.#node), channelOptions(this.#node));
    try {
      return await new Promise<T>((resolve, reject) => {
        const options = { deadline: Date.now() + DEFAULT_TIMEOUT_MS };
        method(client, signed, options, (error, answer) => (answer === undefined ? reject(error ?? new Error('no answer')) : resolve(answer)));
      });
    } catch (cause) {
      throw nodeError(this.#node, 'snapshot', cause);
    } finally {
      client.close();
    }
  }
}
