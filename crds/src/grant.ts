import { z } from 'zod';
import { ALGORITHM_NAME, did, digest, keyId, nonce, operator, text, time, trustModel, wireProfile } from './fields.ts';
import { immutable, withRules } from './rule.ts';

/**
 * A standing grant of a DataAsset: the signed content without `asset`, plus the detached approval.
 * No field has a default: the API server would add it to the content after the person has signed.
 */
const column = z.string().min(1).max(128);

const grantForm = withRules(
  z
    .object({
      type: z.enum(['SingleTask', 'Count', 'Period']).describe('SingleTask: one flow. Count: a number of uses. Period: any number of uses within a time.'),
      flow: digest('Flow id this grant is for (SingleTask).').optional(),
      count: z.int().min(1).max(1_000_000).optional().describe('Number of uses (Count). A use is spent at the first byte exchanged.'),
      notBefore: time('Not valid before this time (Count, Period).').optional(),
      notAfter: time('Not valid from this time on (Count, Period).').optional(),
    })
    .describe('How often and how long the grant may be used.'),
  [
    {
      rule: "self.type != 'SingleTask' || (has(self.flow) && !has(self.count) && !has(self.notBefore) && !has(self.notAfter))",
      message: 'form of type SingleTask needs form.flow and nothing else: set form.flow, or choose type Count or Period',
      holds: (form) => form.type !== 'SingleTask' || (form.flow !== undefined && form.count === undefined && form.notBefore === undefined && form.notAfter === undefined),
    },
    {
      rule: "self.type != 'Count' || (has(self.count) && !has(self.flow))",
      message: 'form of type Count needs form.count and no form.flow: set form.count to the number of uses',
      holds: (form) => form.type !== 'Count' || (form.count !== undefined && form.flow === undefined),
    },
    {
      rule: "self.type != 'Period' || (has(self.notBefore) && has(self.notAfter) && !has(self.count) && !has(self.flow))",
      message: 'form of type Period needs form.notBefore and form.notAfter and no form.count: set both times',
      holds: (form) => form.type !== 'Period' || (form.notBefore !== undefined && form.notAfter !== undefined && form.count === undefined && form.flow === undefined),
    },
    {
      rule: '!has(self.notBefore) || !has(self.notAfter) || timestamp(self.notBefore) < timestamp(self.notAfter)',
      message: 'form.notAfter must be later than form.notBefore',
      holds: (form) => form.notBefore === undefined || form.notAfter === undefined || Date.parse(form.notBefore) < Date.parse(form.notAfter),
    },
  ],
);

export const grantApproval = z
  .object({
    signer: did('DID of the person who signed: a DataManager of the owner.'),
    keyID: keyId("Id of the person's key: <DID>#key-1."),
    nonce: nonce('Random value that makes the signed payload unique.'),
    expires: time('The signature may be submitted to the ledger until this time.'),
    signature: text('Detached SM2 signature over the approval payload.', 512),
    reason: text('Why the person agreed.', 1024, 0).optional(),
  })
  .describe("The data manager's detached signature; made by 'kubectl collabnet grant create'.");

const GRANT_FIELDS = ['grantee', 'purpose', 'algorithms', 'trustModels', 'form', 'approval'];
const GRANT_OPTIONAL = ['wireProfiles', 'columns', 'receivers', 'computeParties', 'operators', 'disclosure'];

export const grantSchema = withRules(
  z
    .object({
      id: z
        .string()
        .min(8)
        .max(64)
        .regex(/^[0-9A-Za-z][0-9A-Za-z-]*$/)
        .describe('Id chosen by the owner, unique for ever: a revoked id cannot come back.'),
      grantee: did('DID of the institution that may use the asset.'),
      purpose: text('Purpose the asset may be used for; a flow must state exactly this text.', 512),
      algorithms: z
        .array(
          z.object({
            name: z.string().min(1).max(63).regex(ALGORITHM_NAME).describe('Name of an algorithm registered on the ledger.'),
            versions: z.array(z.string().min(1).max(32)).min(1).max(16).describe("Versions allowed, or ['*'] for every approved one."),
          }),
        )
        .min(1)
        .max(16)
        .describe('Algorithms the asset may be used with.'),
      trustModels: z.array(trustModel).min(1).max(8).describe('Trust models the owner accepts.'),
      wireProfiles: z.array(wireProfile).min(1).max(4).optional().describe('Wire profiles the owner accepts. All, if absent.'),
      columns: z
        .object({
          keys: z.array(column).max(16).describe('Columns that may be used as join keys.'),
          payload: z.array(column).max(64).describe('Columns whose values may appear in a result.'),
        })
        .optional()
        .describe('Columns the grant covers. Every column the catalogue shows, if absent.'),
      form: grantForm,
      receivers: z.array(did('DID of an institution.')).min(1).max(16).optional().describe('Institutions that may receive the result. The grantee and the owner, if absent.'),
      computeParties: z.array(did('DID of an institution.')).min(1).max(16).optional().describe('Institutions that may compute. Any, if absent.'),
      operators: z.array(operator).min(1).max(32).optional().describe('Operators the grant covers. If absent, any but those that open values of single rows, such as PrivateQuery.'),
      disclosure: z
        .object({ minimumSetSize: z.int().min(1).max(1_000_000).describe('A result with fewer rows is withheld.') })
        .optional()
        .describe('Stricter disclosure rules than those of the asset.'),
      approval: grantApproval,
      revoked: z.boolean().optional().describe('True withdraws the grant, for ever: open flows that use it end.'),
    })
    .describe('A signed standing authorisation.'),
  [
    ...immutable(GRANT_FIELDS, GRANT_OPTIONAL, 'the person signed it; revoke this grant and create another with a new id'),
    {
      rule: '!(has(oldSelf.revoked) && oldSelf.revoked) || (has(self.revoked) && self.revoked)',
      message: 'revoked cannot be taken back: create another grant with a new id',
      reason: 'FieldValueForbidden',
    },
  ],
);

export type StandingGrant = z.output<typeof grantSchema>;
