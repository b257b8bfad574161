import { z } from 'zod';
import { assetIdSchema } from '@collabnet/flow';
import { displayNameSchema } from '../governance/genesis-payload.ts';

const text = (most: number): z.ZodString => z.string().min(1).max(most);

/** A column as the owner publishes it; what it does not publish is not here and cannot be named in a flow. */
export const publishedColumnSchema = z.strictObject({
  name: text(128),
  type: z.enum(['String', 'Integer', 'Decimal', 'Date', 'Boolean']),
  role: z.enum(['Identifier', 'Feature', 'Label']),
  description: z.string().max(512).optional(),
});

/** What an owner publishes of an asset (requirements 1, 2, 4, 8, 18, 89, 93, 97). */
export const assetContentSchema = z
  .strictObject({
    assetId: assetIdSchema,
    displayName: displayNameSchema,
    description: z.string().max(4096),
    /** Salted commitment to the data (design.md §8.6), hex. */
    fingerprint: z.string().regex(/^[0-9a-f]{64}$/, 'give the 64 hex digits of a salted commitment'),
    columns: z.array(publishedColumnSchema).max(256),
    /** Only where the owner allow-lists the number of rows. */
    rows: z.int().min(0).optional(),
    classification: z.strictObject({
      /** JR/T 0197 level */
      jrtLevel: z.int().min(1).max(5),
      nationalClass: z.enum(['General', 'Important', 'Core']),
      personalInformation: z.boolean(),
    }),
    source: z.strictObject({
      lawfulBasis: text(512),
      purpose: z.string().max(512).optional(),
      acquiredAt: z.string().max(64).optional(),
      subjectAuthorisation: z.string().max(512).optional(),
    }),
    disclosure: z.strictObject({ minimumSetSize: z.int().min(1).max(1_000_000) }).optional(),
  })
  .refine((asset) => new Set(asset.columns.map((column) => column.name)).size === asset.columns.length, {
    message: 'column names must differ',
    path: ['columns'],
  });

export type AssetContent = z.infer<typeof assetContentSchema>;

/** `asset/<assetId>`; the latest version's content is under `asset-version/<assetId>/<n>`. */
export interface AssetRecord {
  schema: 'collabnet.dev/asset/v1';
  rules: string;
  assetId: string;
  owner: string;
  state: 'Active' | 'Withdrawn';
  version: number;
  displayName: string;
  registeredHeight: number;
  changedAt: number;
}

/** One published version of an asset; never changed. */
export interface AssetVersionRecord {
  schema: 'collabnet.dev/asset-version/v1';
  rules: string;
  assetId: string;
  owner: string;
  version: number;
  content: AssetContent;
  /** SM3 digest of the canonical content. */
  digest: string;
  publishedAt: number;
  publishedHeight: number;
  transaction: string;
}
