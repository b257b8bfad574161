import { z } from 'zod';
import { publicKeyHexSchema } from '@collabnet/did';
import { networkRulesSchema } from './rules.ts';
import { institutionRoleSchema, personRoleSchema, rightsTableSchema } from './rights-table.ts';

/** The last part of a DID; see formatDid. */
export const subjectCodeSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'use 3 to 63 of a-z, 0-9, dot and hyphen');

export const displayNameSchema = z.string().min(1).max(256);

/** A person presented by its institution, at founding, on joining or later. */
export const personSchema = z.strictObject({
  /** `<subject code of the institution>.<name>` */
  subjectCode: subjectCodeSchema,
  displayName: displayNameSchema,
  signKey: publicKeyHexSchema,
  roles: z.array(personRoleSchema).min(1).max(8),
});

/** An institution with its first keys and persons. */
export const institutionSchema = z.strictObject({
  // Without a dot: `<code>.<name>` names a person, and no institution may take a person's name.
  subjectCode: subjectCodeSchema.regex(/^[^.]+$/, 'an institution is named without a dot'),
  displayName: displayNameSchema,
  signKey: publicKeyHexSchema,
  agreeKey: publicKeyHexSchema,
  roles: z.array(institutionRoleSchema).min(1).max(16),
  persons: z.array(personSchema).max(64),
});

export const GENESIS_SCHEMA = 'collabnet.dev/genesis/v1';

/** What a network starts with; the network id is the SM3 digest of its canonical form. */
export const genesisPayloadSchema = z.strictObject({
  schema: z.literal(GENESIS_SCHEMA),
  displayName: displayNameSchema,
  /** ms since 1970 */
  createdAt: z.int().min(0),
  founder: institutionSchema,
  ledger: z.strictObject({
    driver: z.enum(['embedded', 'fabric']),
    blockSigningKey: publicKeyHexSchema,
    hub: z.strictObject({ url: z.string().min(1).max(512), caPem: z.string().max(16_384).optional() }).optional(),
  }),
  rights: rightsTableSchema,
  contractsVersion: z.string().min(1).max(64),
  rules: networkRulesSchema,
  /** Makes two networks of the same founder differ. */
  salt: z.string().regex(/^[0-9a-f]{32,128}$/, 'use 32 to 128 lower-case hex digits'),
});

export type Person = z.infer<typeof personSchema>;
export type Institution = z.infer<typeof institutionSchema>;
export type GenesisPayload = z.infer<typeof genesisPayloadSchema>;
