import { z } from 'zod';
import { statusBase } from './conditions.ts';
import { integer, reference, subjectCode, text, time, unique } from './fields.ts';
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
      keyRotation: z
        .object({ generation: integer('Raise it to have the operator replace both keys of the institution once, in every network.', 1).max(1_000_000) })
        .optional()
        .describe('Replacement of the keys of an institution. The old signing key ends, the old agreement key still opens what was sealed before.'),
      recovery: z
        .object({
          threshold: integer('How many of the keys together may replace the keys of the institution.', 1).max(16),
          publicKeys: unique(z.array(z.string().min(1).max(128).regex(multibase)).min(1).max(16).describe("Public SM2 keys as multibase ('kubectl collabnet key create' prints them), each held offline by another person.")),
        })
        .optional()
        .describe('Keys apart from the signing key that can replace the keys of an institution when they are lost. Registered on every ledger.'),
      deactivated: z.boolean().default(false).describe("True takes a person's DID out of use on the ledger, for ever. An institution leaves by CollabNetwork.spec.leave."),
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
    {
      rule: "self.type != 'Person' || !has(self.keyRotation)",
      message: "keyRotation must be absent for a Person: a person replaces its own key with 'kubectl collabnet key rotate NAME'",
      reason: 'FieldValueForbidden',
      fieldPath: '.keyRotation',
      holds: (spec) => spec.type !== 'Person' || spec.keyRotation === undefined,
    },
    {
      rule: "self.type != 'Person' || !has(self.recovery)",
      message: 'recovery must be absent for a Person: deactivate the person and register another',
      reason: 'FieldValueForbidden',
      fieldPath: '.recovery',
      holds: (spec) => spec.type !== 'Person' || spec.recovery === undefined,
    },
    {
      rule: '!has(self.recovery) || self.recovery.threshold <= size(self.recovery.publicKeys)',
      message: 'recovery.threshold must not be larger than the number of recovery.publicKeys',
      fieldPath: '.recovery.threshold',
      holds: (spec) => spec.recovery === undefined || spec.recovery.threshold <= spec.recovery.publicKeys.length,
    },
    {
      rule: "self.type != 'Institution' || !self.deactivated",
      message: 'deactivated is for a Person: an institution leaves a network by CollabNetwork.spec.leave',
      reason: 'FieldValueForbidden',
      fieldPath: '.deactivated',
      holds: (spec) => spec.type !== 'Institution' || !spec.deactivated,
    },
    ...immutable(['type', 'subjectCode'], [], 'create another ParticipantDID'),
    {
      rule: '!has(oldSelf.keyRotation) || (has(self.keyRotation) && self.keyRotation.generation >= oldSelf.keyRotation.generation)',
      message: 'keyRotation.generation can only be raised: a key that was replaced does not come back',
      reason: 'FieldValueForbidden',
    },
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
    keyGeneration: integer('Generation of keyRotation that is done: every network has the new keys.').optional(),
    pendingKeys: z
      .object({
        publicKeyMultibase: z.string().describe('Public signing key.'),
        agreeKeyMultibase: z.string().describe('Public key-agreement key.'),
      })
      .optional()
      .describe('Keys that wait to be taken over by a rotation or a recovery.'),
    registered: z
      .array(
        z.object({
          networkID: z.string().describe('Network.'),
          did: z.string().optional().describe('DID in that network.'),
          height: integer('Block height of the registration.').optional(),
          version: integer('Version of the DID document.').optional(),
          keyID: z.string().optional().describe('Id of the signing key that holds there now.'),
          publicKeyMultibase: z.string().optional().describe('That key.'),
          deactivated: z.boolean().optional().describe('True: the DID is out of use there.'),
          recoveryVersion: integer('Version of the recovery keys registered there.').optional(),
        }),
      )
      .optional()
      .describe('Networks whose ledger holds this DID.'),
    recoveries: z
      .array(
        z.object({
          networkID: z.string().describe('Network.'),
          id: z.string().describe('Id of the request.'),
          via: z.string().describe('Keys: signed by recovery keys. Vote: by the other members.'),
          state: z.string().describe('Voting: too few votes yet. Locked: waits for a veto.'),
          effectiveAt: time('From then on the new keys take over, unless vetoed.').optional(),
        }),
      )
      .optional()
      .describe('Requests on the ledger to replace the keys of this institution.'),
  })
  .describe('What the operator saw.');

export type ParticipantDIDSpec = z.output<typeof participantDidSpecSchema>;
export type ParticipantDIDSpecInput = z.input<typeof participantDidSpecSchema>;
export type ParticipantDIDStatus = z.output<typeof participantDidStatusSchema>;
export type ParticipantDID = CustomResource<'ParticipantDID', ParticipantDIDSpec, ParticipantDIDStatus>;
