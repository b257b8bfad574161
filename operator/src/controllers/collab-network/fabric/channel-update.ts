import { channelUpdateId, type ChannelUpdateRecord } from '@collabnet/contracts';
import {
  anyNode,
  broadcast,
  checkUpdateSignature,
  computeUpdate,
  FabricNetworkError,
  orderingMembersOf,
  requiredSignatures,
  signUpdate,
  updateEnvelope,
  type ChannelConfig,
  type FabricSigner,
} from '@collabnet/fabric-network';
import type { WantedChange } from './channel-changes.ts';

/** An update of the channel as this institution computed it, with the signatures that there are. */
export interface ChannelUpdate {
  /** Under which the ledger keeps the signatures. */
  readonly id: string;
  /** Serialised `ConfigUpdate`, base64. */
  readonly text: string;
  readonly octets: Uint8Array;
  /** Own signature, made now. */
  readonly own: Uint8Array;
  /** Valid ones of others. */
  readonly others: readonly Uint8Array[];
  /** Whether the own one is on the ledger. */
  readonly handedOver: boolean;
  /** Institutions that have signed, the own one included. */
  readonly signers: readonly string[];
  /** More of these must sign; 0: it can be submitted. */
  readonly missing: number;
}

/**
 * Computes an update and collects its signatures. Octets of others are never looked at: only signatures over exactly what
 * was computed here count, so that nobody signs or submits anything but the change itself.
 *
 * @param found the signatures that the ledger has under an id
 * @throws FabricNetworkError for an organisation that no channel can have
 */
export async function channelUpdate(config: ChannelConfig, change: WantedChange, did: string, signer: FabricSigner, found: (id: string) => Promise<ChannelUpdateRecord | undefined>): Promise<ChannelUpdate> {
  const octets = computeUpdate(config, change.apply);
  const text = Buffer.from(octets).toString('base64');
  const id = channelUpdateId({ kind: change.kind, did: change.did }, text);
  const signatures = (await found(id))?.signatures ?? {};
  // One that was made with a certificate that has ended since counts no more, and has to be made anew.
  const isOwn = (signature: string | undefined): boolean => signature !== undefined && signerOf(config, octets, Buffer.from(signature, 'base64')) === signer.mspId;
  const others = new Map<string, Uint8Array>();
  for (const signature of Object.values(signatures).map((each) => Buffer.from(each, 'base64'))) {
    const mspId = signerOf(config, octets, signature);
    if (mspId !== undefined && mspId !== signer.mspId) others.set(mspId, signature);
  }
  const signers = [signer.mspId, ...others.keys()].sort();
  const missing = requiredSignatures(config, octets).map(({ of, needed }) => needed - signers.filter((mspId) => of.includes(mspId)).length);
  return { id, text, octets, own: await signUpdate(octets, signer), others: [...others.values()], handedOver: isOwn(signatures[did]), signers, missing: Math.max(0, ...missing) };
}

function signerOf(config: ChannelConfig, octets: Uint8Array, signature: Uint8Array): string | undefined {
  try {
    return checkUpdateSignature(config, octets, signature);
  } catch (error) {
    if (error instanceof FabricNetworkError) return undefined;
    throw error;
  }
}

/** Hands an update to one of the orderers that the channel names. @throws FabricNetworkError REFUSED, UNAVAILABLE */
export async function submitUpdate(config: ChannelConfig, { octets, own, others }: ChannelUpdate, signer: FabricSigner): Promise<void> {
  const envelope = await updateEnvelope(config.channel, octets, [own, ...others], signer);
  const orderers = orderingMembersOf(config).flatMap(({ msp, endpoints }) => endpoints.map((node) => ({ ...node, tlsRootCertificates: msp.tlsRootCertificates })));
  await anyNode(orderers, (node) => broadcast(node, envelope));
}
