import { z } from 'zod';
import { subjectCodeSchema } from '../governance/genesis-payload.ts';

const certificate = z
  .string()
  .max(8192)
  .regex(
    /^-----BEGIN CERTIFICATE-----\r?\n(?:[A-Za-z0-9+/]+={0,2}\r?\n)+-----END CERTIFICATE-----(?:\r?\n)?$/,
    'give one certificate in PEM, nothing before or after it',
  );

// Several, since an institution renews its authority by a new one beside the old.
const certificates = z.array(certificate).min(1).max(4);

const peerSchema = z.strictObject({
  host: z
    .string()
    .max(253)
    .regex(/^[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?$/, 'give a DNS name or an IPv4 address'),
  port: z.int().min(1).max(65_535),
});

/** An institution as an organisation of the Fabric channel; where the ledger is embedded, nobody has one. */
export const fabricOrganisationSchema = z.strictObject({
  /** The subject code of its DID, so that a signature of Fabric names a member. */
  mspId: subjectCodeSchema,
  rootCertificates: certificates,
  tlsRootCertificates: certificates,
  /** Where its peers are reached by those of the others. */
  peers: z.array(peerSchema).min(1).max(8),
});

export type FabricOrganisation = z.infer<typeof fabricOrganisationSchema>;
