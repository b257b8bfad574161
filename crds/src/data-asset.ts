import { z } from 'zod';
import { statusBase } from './conditions.ts';
import { duration, integer, keyed, networkRef, text, time } from './fields.ts';
import { grantSchema } from './grant.ts';
import type { CustomResource } from './object.ts';
import { immutable, withRules } from './rule.ts';

const source = z
  .object({
    file: withRules(
      z
        .object({
          claimName: z.string().min(1).max(253).describe('PersistentVolumeClaim that holds the file.'),
          path: z.string().min(1).max(512).regex(/^[^/].*$/).describe('Path of the file within the volume, e.g. customers.csv.'),
          format: z.enum(['CSV', 'TXT']).default('CSV').describe('CSV (RFC 4180) or TXT (one record a line, fields split by delimiter, no quoting).'),
          delimiter: z.string().min(1).max(1).default(',').describe('Character between fields.'),
          encoding: z.enum(['utf-8', 'gb18030', 'gbk']).default('utf-8').describe('Character encoding of the file.'),
          header: z.boolean().default(true).describe('Whether the first record names the columns. If false, columns are taken in the order of spec.columns.'),
        })
        .describe('A file in a volume.'),
      [
        {
          rule: "self.path.split('/').all(part, part != '..')",
          message: "path must stay inside the volume: remove '..'",
          fieldPath: '.path',
          holds: (file) => file.path.split('/').every((part) => part !== '..'),
        },
      ],
    ),
  })
  .describe('Where the data lies. It never leaves the institution except through the data proxy.');

const column = z
  .object({
    name: text('Name of the column in the source.', 128),
    type: z.enum(['String', 'Integer', 'Decimal', 'Date', 'Boolean']).default('String').describe('Type of the values.'),
    role: z.enum(['Identifier', 'Feature', 'Label']).default('Feature').describe('Identifier: usable as a join key. Feature, Label: payload.'),
    description: text('Meaning of the column.', 512, 0).optional(),
    publish: z.boolean().default(true).describe('Whether the catalogue on the ledger names this column.'),
  })
  .describe('A column of the source.');

const classification = z
  .object({
    jrtLevel: z.int().min(1).max(5).describe('Security level by JR/T 0197-2020: 1 (lowest) to 5.'),
    nationalClass: z.enum(['General', 'Important', 'Core']).default('General').describe('Class by GB/T 43697-2024: general, important or core data.'),
    personalInformation: z.boolean().describe('Whether the data are personal information.'),
    reason: text('Why it was classified so.', 1024, 0).optional(),
  })
  .describe('Classification of the data; it is published with the asset.');

const lawfulBasis = withRules(
  z
    .object({
      basis: z.enum(['Consent', 'Contract', 'LegalDuty', 'PublicInterest', 'Emergency', 'PublicData', 'NotPersonal']).describe('Basis on which the data are held and used (PIPL art. 13).'),
      purpose: text('Purpose the data were acquired for.', 1024),
      acquiredAt: time('When the data were acquired.').optional(),
      subjectAuthorisation: text("Reference to the data subjects' authorisation, e.g. a consent form version or a status list.", 1024).optional(),
    })
    .describe('Why the institution may use the data.'),
  [
    {
      rule: "self.basis != 'Consent' || has(self.subjectAuthorisation)",
      message: "subjectAuthorisation is required when basis is Consent: name the consent form or record",
      fieldPath: '.subjectAuthorisation',
      reason: 'FieldValueRequired',
      holds: (basis) => basis.basis !== 'Consent' || basis.subjectAuthorisation !== undefined,
    },
  ],
);

export const dataAssetSpecSchema = withRules(
  z
    .object({
      networkRef,
      displayName: text('Name of the asset for people.', 128),
      description: text('What the data are.', 2048, 0).optional(),
      suspend: z.boolean().default(false).describe('True stops the operator from acting on this asset; the proxy refuses new reads.'),
      source,
      columns: keyed(z.array(column).min(1).max(128).describe('Columns of the source that may ever be used.'), ['name']),
      classification,
      lawfulBasis,
      profile: z
        .object({ publish: z.array(z.enum(['RowCount'])).max(4).default([]).describe('Facts about the data the catalogue may show. Nothing, if empty.') })
        .prefault({})
        .describe('What the catalogue shows of the content.'),
      disclosure: z
        .object({
          minimumSetSize: z.int().min(1).max(1_000_000).default(100).describe('A result with fewer rows is withheld.'),
          minimumDifference: z
            .int()
            .min(1)
            .max(1_000_000)
            .optional()
            .describe('Content that differs from one disclosed before in fewer persons is not read: comparing the results would single them out. Default: minimumSetSize. 1 switches the rule off.'),
          maximumTasks: z
            .object({ count: z.int().min(1).max(1_000_000).describe('Number of tasks.'), period: duration('Time that counts.') })
            .optional()
            .describe('Most tasks, of all requesters together, that may read the asset within a period.'),
        })
        .prefault({})
        .describe('Disclosure rules for every use of the asset.'),
      grants: keyed(z.array(grantSchema).max(64).default([]).describe("Standing grants, each signed by a data manager ('kubectl collabnet grant create')."), ['id']),
    })
    .describe('What data the institution offers, and to whom.'),
  [
    {
      rule: "!self.classification.personalInformation || self.lawfulBasis.basis != 'NotPersonal'",
      message: 'lawfulBasis.basis NotPersonal contradicts classification.personalInformation true: correct one of them',
      holds: (spec) => !spec.classification.personalInformation || spec.lawfulBasis.basis !== 'NotPersonal',
    },
    {
// 64 grants x 72 names x 128 columns is beyond the cost the API server allows for CEL: the operator checks it.
      message: 'grants[].columns must name columns of spec.columns: correct the names in the grant',
      fieldPath: '.grants',
      holds: (spec) => {
        const known = new Set(spec.columns.map(({ name }) => name));
        return spec.grants.every(({ columns }) => [...(columns?.keys ?? []), ...(columns?.payload ?? [])].every((name) => known.has(name)));
      },
    },
    ...immutable(['networkRef'], [], 'create another DataAsset'),
  ],
);

export const dataAssetStatusSchema = z
  .object({
    ...statusBase,
    assetID: z.string().optional().describe('Id on the ledger: <subject code>/<name>.'),
    version: integer('Version on the ledger; a change of content or description makes a new one.').optional(),
    fingerprint: z.string().optional().describe('Salted commitment to the content of this version.'),
    registeredHeight: integer('Block height of this version.').optional(),
    rows: integer('Number of rows the proxy counted.').optional(),
    proxy: z
      .object({ deployment: z.string().describe('Deployment of the data proxy.'), ready: z.boolean().describe('Whether it serves.') })
      .optional()
      .describe('Data proxy that serves this asset.'),
    grants: z
      .array(
        z.object({
          id: z.string().describe('Id of the grant.'),
          grantee: z.string().optional().describe('DID of the grantee.'),
          state: z
            .enum(['Pending', 'NotYetValid', 'Active', 'Exhausted', 'Expired', 'Revoked', 'Invalid'])
            .describe('State on the ledger. Pending: not there yet. Invalid: refused, see message.'),
          digest: z.string().optional().describe('Digest of the grant on the ledger, which an Approval of kind GrantRevocation names.'),
          used: integer('Uses spent or reserved.').optional(),
          count: integer('Uses granted (Count).').optional(),
          message: z.string().optional().describe('Why it is Invalid.'),
        }),
      )
      .optional()
      .describe('State of the standing grants.'),
  })
  .describe('What the operator saw.');

export type DataAssetSpec = z.output<typeof dataAssetSpecSchema>;
export type DataAssetSpecInput = z.input<typeof dataAssetSpecSchema>;
export type DataAssetStatus = z.output<typeof dataAssetStatusSchema>;
export type DataAsset = CustomResource<'DataAsset', DataAssetSpec, DataAssetStatus>;
