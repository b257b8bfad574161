import { anyNode, membersOf, parseEndpoint, PeerAdmin, signerFromPem } from '@collabnet/fabric-network';
import type { FabricIdentity } from '@collabnet/ledger-fabric';
import { ANSWER_MS } from './fabric-clients.ts';
import { onFabric } from './fabric-errors.ts';

/** Members come and go by updates of the channel, which bring no block of the contracts. */
const LOOK_MS = 5_000;

interface OtherOrganisationsOptions {
  readonly channel: string;
  /** `host:port` of peers of this institution, as they are now. */
  readonly peers: () => readonly string[];
  readonly identity: () => FabricIdentity;
  readonly onError: (error: unknown) => void;
}

/** The other organisations of a channel, as its configuration has them. */
export class OtherOrganisations {
  readonly #options: OtherOrganisationsOptions;
  #mspIds: readonly string[] = [];
  #timer: NodeJS.Timeout | undefined;

  private constructor(options: OtherOrganisationsOptions) {
    this.#options = options;
  }

  /**
   * Keeps following them until it is closed. The first answer is waited for: with no others known, the own peer would be
   * believed alone.
   *
   * @throws WaitError FabricNodeUnavailable, FabricNodeRefused
   */
  static async follow(options: OtherOrganisationsOptions): Promise<OtherOrganisations> {
    const others = new OtherOrganisations(options);
    await others.#look();
    others.#timer = setInterval(() => void others.#look().catch(options.onError), LOOK_MS);
    return others;
  }

  /** MSP ids as last seen. */
  get mspIds(): readonly string[] {
    return this.#mspIds;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const { channel, peers, identity } = this.#options;
    const { mspId, certificate, privateKey, tlsAuthorities } = identity();
    const signer = signerFromPem(mspId, { certificatePem: certificate, privateKeyPem: privateKey });
    const nodes = peers().map((text) => ({ ...parseEndpoint(text), tlsRootCertificates: [tlsAuthorities] }));
    const config = await onFabric('reading the organisations of the channel', () => anyNode(nodes, (node) => new PeerAdmin(node, signer, ANSWER_MS).config(channel)));
    this.#mspIds = membersOf(config).map((each) => each.mspId).filter((each) => each !== mspId);
  }
}
