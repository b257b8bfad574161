import { z } from 'zod';

const file = z.string().min(1);

/** The way to a network on Fabric, over the institution's own peer. */
const fabricPeers = z.strictObject({
  mspId: z.string().min(1),
  channel: z.string().min(1),
  chaincode: z.string().min(1),
  /** `host:port`, in order of preference. */
  peers: z.array(z.string().min(1)).min(1).readonly(),
  certificate: file,
  privateKey: file,
  tlsAuthorities: file,
});

/**
 * A network that a service follows, as the operator writes it into the service's configuration: on Fabric where `fabric`
 * is there, else on the embedded ledger over NATS. Files are paths in the container.
 */
export const poolNetworkSchema = z.strictObject({
  networkId: z.string().min(1),
  /** DID of this institution in that network. */
  did: z.string().min(1),
  nats: z.strictObject({ url: z.string().min(1), credentials: file, ca: file.optional() }),
  fabric: fabricPeers.optional(),
});

export type FabricPeers = z.infer<typeof fabricPeers>;
export type PoolNetwork = z.infer<typeof poolNetworkSchema>;
