import { z } from 'zod';

/** Roles of an institution on a network (requirements 41-47). */
export const INSTITUTION_ROLES = [
  'Operator',
  'ComputeParty',
  'DataProvider',
  'AlgorithmProvider',
  'DataUser',
  'Auditor',
  'Supervisor',
] as const;

/** Roles of a person inside an institution. */
export const PERSON_ROLES = ['DataManager', 'SecurityOfficer'] as const;

export const institutionRoleSchema = z.enum(INSTITUTION_ROLES);
export const personRoleSchema = z.enum(PERSON_ROLES);

/** Who may call a method: the kind of principal that signed, and one of the roles it needs (none: any role). */
export const rightSchema = z.strictObject({
  principals: z.array(z.enum(['institution', 'person', 'workload'])).min(1),
  roles: z.array(z.union([institutionRoleSchema, personRoleSchema])).optional(),
});

/** The one table of rights: `<contract>.<method>` to right. A method without an entry may be called by nobody. */
export const rightsTableSchema = z.record(z.string().regex(/^[a-z]+\.[a-zA-Z]+$/), rightSchema);

export type InstitutionRole = z.infer<typeof institutionRoleSchema>;
export type PersonRole = z.infer<typeof personRoleSchema>;
export type Right = z.infer<typeof rightSchema>;
export type RightsTable = z.infer<typeof rightsTableSchema>;

const managers: Right = { principals: ['person'], roles: ['DataManager'] };
const officers: Right = { principals: ['person'], roles: ['DataManager', 'SecurityOfficer'] };
const institution: Right = { principals: ['institution'] };
const computing: Right = { principals: ['institution', 'workload'], roles: ['ComputeParty'] };

/** What a founder writes into the genesis payload unless its charter says otherwise. */
export const DEFAULT_RIGHTS: RightsTable = {
  'membership.invite': { principals: ['institution'], roles: ['Operator'] },
  'membership.vote': officers,
  'membership.voteChange': officers,
  'membership.issueCredential': { principals: ['institution'], roles: ['Operator'] },
  'membership.lapse': institution,
  'membership.leave': institution,
  'channel.sign': institution,
  'identity.rotateKey': { principals: ['institution', 'person'] },
  'identity.registerPerson': officers,
  'identity.deactivatePerson': { principals: ['institution', 'person'] },
  'identity.registerRecovery': institution,
  'identity.recover': { principals: ['institution', 'person'] },
  'identity.voteRecovery': officers,
  'identity.vetoRecovery': { principals: ['institution', 'person'] },
  'identity.completeRecovery': institution,
  'catalogue.publish': { principals: ['institution'], roles: ['DataProvider'] },
  'catalogue.withdraw': { principals: ['institution'], roles: ['DataProvider'] },
  'algorithms.register': { principals: ['institution'], roles: ['AlgorithmProvider', 'Operator'] },
  'algorithms.vote': officers,
  'algorithms.retire': { principals: ['institution'], roles: ['AlgorithmProvider', 'Operator'] },
  'algorithms.revoke': { principals: ['institution'], roles: ['AlgorithmProvider', 'Operator', 'Supervisor'] },
  'algorithms.revokeForeign': { principals: ['institution'], roles: ['Operator', 'Supervisor'] },
  'grants.create': managers,
  'grants.revoke': { principals: ['institution', 'person'] },
  'flows.propose': { principals: ['institution'], roles: ['DataUser', 'DataProvider', 'ComputeParty'] },
  'flows.approve': managers,
  'flows.refuse': managers,
  'flows.confirm': { principals: ['institution'], roles: ['DataProvider'] },
  'flows.reserve': computing,
  'flows.start': computing,
  'flows.touch': computing,
  'flows.fail': computing,
  'flows.cancel': institution,
  'flows.expire': { principals: ['institution', 'person', 'workload'] },
  'receipts.submit': computing,
};
