import { z } from 'zod';
import { statusBase } from './conditions.ts';
import { integer, reference, subjectCode, text, unique } from './fields.ts';
import { keyStoreSchema } from './key-store.ts';
import type { CustomResource } from './object.ts';
import { immutable, withRules } from './rule.ts';

export const INSTITUTION_ROLES = ['Operator', 'ComputeParty', 'DataProvider', 'AlgorithmProvider', 'DataUser', 'Auditor', 'Supervisor'] as const;
export const PERSON_ROLES = ['DataManager', 'SecurityOfficer'] as const;

const isPersonRole = (role: string): boolean => (PERSON_ROLES as readonly string[]).includes(role);
const multibase = /^z[1-9A-HJ-NP-Za-km-z]+$/;

export const participantDidSpecSchema = withRules(
  z
    .object({
      type: z.enum(['Institution', 'Person']).describe('Institution: a legal party; the operator holds its key. Person: someone of it who consents; the key stays with the person.'),
      subjectCode: subjectCode('Code of the subject: for an institution e.g. its unified social credit code; for a person <institution code>.<name>. The DID is did:collab:<network>:<subjectCode>.'),
      displayName: text('Name for people.', 128),
      roles: unique(z.array(z.enum([...INSTITUTION_ROLES, ...PERSON_ROLES])).min(1).max(9).describe('Roles: of an institution Operator, ComputeParty, DataProvider, AlgorithmProvider, DataUser, Auditor, Supervisor; of a person DataManager, SecurityOfficer.')),
      publicKeyMultibase: z.string().min(1).max(128).regex(multibase).optional().describe("Public SM2 key of a person as multibase ('kubectl collabnet key create' prints it). Absent for an institution."),
      keySecretRef: reference('Secret', 'Secret with an existing key of an institution. The operator makes the key, if absent.').optional(),
      keyStore: keyStoreSchema.optional(),
      networkRef: reference('CollabNetwork', 'Registers a person who was not presented at founding or joining with this network.').optional(),
      deactivated: z.boolean().default(false).describe('True takes the DID out of use on the ledger, for ever.'),
    })
    .describe('Who takes part.'),
  [
    {
      rule: "self.type != 'Person' || has(self.publicKeyMultibase)",
      message: "publicKeyMultibase is required for a Person: make the key with 'kubectl collabnet key create NAME --manifest'",
      reason: 'FieldValueRequired',
      fieldPath: '.publicKeyMultibase',
      holds: (spec) => spec.type !== 'Person' || spec.publicKeyMultibase !== undefined,
    },
    {
      rule: "self.type != 'Institution' || !has(self.publicKeyMultibase)",
      message: 'publicKeyMultibase must be absent for an Institution: the operator makes and holds its key',
      reason: 'FieldValueForbidden',
      fieldPath: '.publicKeyMultibase',
      holds: (spec) => spec.type !== 'Institution' || spec.publicKeyMultibase === undefined,
    },
    {
      rule: "self.type != 'Person' || !has(self.keySecretRef)",
      message: "keySecretRef must be absent for a Person: a person's key never enters the cluster",
      reason: 'FieldValueForbidden',
      fieldPath: '.keySecretRef',
      holds: (spec) => spec.type !== 'Person' || spec.keySecretRef === undefined,
    },
    {
      rule: "self.type != 'Person' || !has(self.keyStore)",
      message: "keyStore must be absent for a Person: a person's key is used on the person's own machine",
      reason: 'FieldValueForbidden',
      fieldPath: '.keyStore',
      holds: (spec) => spec.type !== 'Person' || spec.keyStore === undefined,
    },
    {
      rule: '!has(self.keySecretRef) || !has(self.keyStore) || !has(self.keyStore.file)',
      message: 'keySecretRef must be absent with keyStore.file: the files hold the keys',
      reason: 'FieldValueForbidden',
      fieldPath: '.keySecretRef',
      holds: (spec) => spec.keySecretRef === undefined || spec.keyStore?.file === undefined,
    },
    {
      rule: "(self.type == 'Person') == self.subjectCode.contains('.')",
      message: "subjectCode of a Person is <institution code>.<name>, that of an Institution has no '.': correct subjectCode or type",
      fieldPath: '.subjectCode',
      holds: (spec) => (spec.type === 'Person') === spec.subjectCode.includes('.'),
    },
    {
      rule: "self.roles.all(r, (self.type == 'Person') == (r in ['DataManager', 'SecurityOfficer']))",
      message: 'roles must fit type: a Person is DataManager or SecurityOfficer, an Institution one of the other roles',
      fieldPath: '.roles',
      holds: (spec) => spec.roles.every((role) => (spec.type === 'Person') === isPersonRole(role)),
    },
    ...immutable(['type', 'subjectCode'], [], 'create another ParticipantDID'),
    {
      rule: '!oldSelf.deactivated || self.deactivated',
      message: 'deactivated cannot be taken back: create another ParticipantDID with a new subjectCode',
      fieldPath: '.deactivated',
      reason: 'FieldValueForbidden',
    },
  ],
);

export const participantDidStatusSchema = z
  .object({
    ...statusBase,
    did: z.string().optional().describe('DID in the network it was last registered with.'),
    keyID: z.string().optional().describe('Id of the signing key in use, e.g. #key-1.'),
    publicKeyMultibase: z.string().optional().describe('Public signing key.'),
    agreeKeyMultibase: z.string().optional().describe('Public key-agreement key (institutions).'),
    registered: z
      .array(
        z.object({
          networkID: z.string().describe('Network.'),
          did: z.string().optional().describe('DID in that network.'),
          height: integer('Block height of the registration.').optional(),
          version: integer('Version of the DID document.').optional(),
        }),
      )
      .optional()
      .describe('Networks whose ledger holds this DID.'),
  })
  .describe('What the operator saw.');

export type ParticipantDIDSpec = z.output<typeof participantDidSpecSchema>;
export type ParticipantDIDSpecInput = z.input<typeof participantDidSpecSchema>;
export type ParticipantDIDStatus = z.output<typeof participantDidStatusSchema>;
export type ParticipantDID = CustomResource<'ParticipantDID', ParticipantDIDSpec, ParticipantDIDStatus>;
