/* eslint-disable @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/explicit-module-boundary-types -- samples are broken here in ways that types forbid */
import { sample, type Sample } from './samples.ts';

/** An object that must be refused; for a transition rule, a change that must be. */
export interface RefusedCase {
  readonly base: () => Sample;
  readonly change: (object: Sample) => void;
  /** Part of the message. */
  readonly message: string;
  /** Set for a transition rule: brings the base into the state from which the change is refused. */
  readonly before?: (object: Sample) => void;
  readonly transition?: true;
  /** The operator's guard refuses it, the API server cannot (cost). */
  readonly guardOnly?: true;
}

const task = (): Sample => sample('computetask');
const asset = (): Sample => sample('dataasset');
const founder = (): Sample => sample('collabnetwork-founder');
/** A founder on Fabric. */
const fabricFounder = (): Sample => {
  const object = founder();
  object.spec.ledger = { driver: 'fabric', fabric: { orderers: 1 } };
  return object;
};
const ISSUERS = { identity: { name: 'identity' }, tls: { name: 'tls' } };
const member = (): Sample => sample('collabnetwork-member');
const institution = (): Sample => sample('participantdid', 0);
const person = (): Sample => sample('participantdid', 1);
const approval = (): Sample => sample('approval');

const DID = 'did:collab:0123456789abcdef0123456789abcdef:';

export function grant(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 'grant-0001',
    grantee: `${DID}bank-b`,
    purpose: 'Joint credit limits',
    algorithms: [{ name: 'psi', versions: ['1.0.0'] }],
    trustModels: ['TwoPartySemiHonest'],
    form: { type: 'Count', count: 3 },
    approval: {
      signer: `${DID}bank-a.lin`,
      keyID: `${DID}bank-a.lin#key-1`,
      nonce: '000102030405060708090a0b0c0d0e0f',
      expires: '2027-01-01T00:00:00Z',
      signature: 'c2lnbmF0dXJl',
    },
    ...changes,
  };
}

const withGrant = (changes: Record<string, unknown>) => (object: Sample) => {
  object.spec.grants = [grant(changes)];
};
const keyStore = (kind: 'file' | 'pkcs11'): Record<string, unknown> =>
  kind === 'file'
    ? { file: { directory: '/keys', passphraseSecretRef: { name: 'passphrase' } } }
    : { pkcs11: { module: '/hsm/module.so', token: 'bank-a', pinSecretRef: { name: 'pin' } } };
const changed = (base: () => Sample, field: string, value: unknown, message = `${field} is immutable`): RefusedCase => ({
  base,
  change: (object) => {
    object.spec[field] = value;
  },
  message,
  transition: true,
});
const changedGrant = (field: string, value: unknown): RefusedCase => ({
  base: asset,
  before: withGrant({}),
  change: (object) => {
    object.spec.grants[0][field] = value;
  },
  message: `${field} is immutable`,
  transition: true,
});

export const REFUSED: readonly RefusedCase[] = [
  { base: founder, change: (o) => (o.metadata.name = 'n'.repeat(64)), message: 'metadata.name must be at most 63' },
  { base: founder, change: (o) => (o.spec.join = { invitationSecretRef: { name: 'x' } }), message: 'exactly one of founding and join must be set' },
  { base: member, change: (o) => delete o.spec.join, message: 'exactly one of founding and join must be set' },
  changed(founder, 'didRef', { name: 'other' }),
  { base: founder, change: (o) => (o.spec.founding.hubURL = 'tls://elsewhere:7422'), message: 'founding is immutable', transition: true },
  { base: member, change: (o) => (o.spec.ledger = { driver: 'fabric', fabric: { orderers: 3 } }), message: 'ledger.fabric.orderers: only the founder runs orderers' },
  { base: founder, change: (o) => (o.spec.ledger = { driver: 'embedded', fabric: { orderers: 3 } }), message: 'ledger.fabric: is for driver fabric' },
  { base: fabricFounder, change: (o) => (o.spec.ledger.fabric.external = { domain: 'ledger.bank-a.example' }), message: 'ledger.fabric.external is immutable', transition: true },
  { base: fabricFounder, before: (o) => (o.spec.ledger.fabric.external = { domain: 'ledger.bank-a.example' }), change: (o) => (o.spec.ledger.fabric.external.port = 8443), message: 'ledger.fabric.external is immutable', transition: true },
  { base: fabricFounder, change: (o) => (o.spec.ledger.fabric.external = { domain: 'ledger.bank-a.example:443' }), message: 'domain' },
  { base: fabricFounder, change: (o) => (o.spec.ledger.fabric.issuers = ISSUERS), message: 'ledger.fabric.issuers is immutable', transition: true },
  { base: fabricFounder, before: (o) => (o.spec.ledger.fabric.issuers = ISSUERS), change: (o) => (o.spec.ledger.fabric.issuers = { ...ISSUERS, tls: { name: 'other' } }), message: 'ledger.fabric.issuers is immutable', transition: true },
  { base: fabricFounder, change: (o) => (o.spec.ledger.fabric.issuers = { ...ISSUERS, identity: ISSUERS.tls }), message: 'ledger.fabric.issuers: identity and tls must be two issuers' },
  { base: fabricFounder, change: (o) => (o.spec.ledger.fabric = { orderers: 2 }), message: 'ledger.fabric.orderers: give 1 or 3' },
  { base: fabricFounder, before: (o) => (o.spec.ledger.fabric.orderers = 3), change: (o) => (o.spec.ledger.fabric.orderers = 1), message: 'ledger.fabric.orderers may be raised to 3 and not lowered', transition: true },
  { base: fabricFounder, before: (o) => (o.spec.ledger.fabric.orderers = 3), change: (o) => delete o.spec.ledger.fabric, message: 'ledger.fabric.orderers may be raised to 3 and not lowered', transition: true },
  { base: fabricFounder, change: (o) => (o.spec.ledger = { driver: 'embedded' }), message: 'ledger.driver is immutable', transition: true },
  { base: founder, change: (o) => (o.spec.leave = true), message: 'the founder hosts hub and ledger of the network and cannot leave it' },
  { base: member, before: (o) => (o.spec.leave = true), change: (o) => (o.spec.leave = false), message: 'leave cannot be taken back', transition: true },
  { base: member, change: (o) => (o.spec.join.invitationSecretRef.name = 'other'), message: 'join is immutable', transition: true },
  { base: member, change: (o) => (o.spec.quotas = { own: {} }), message: 'quotas.own: give at least one of' },
  { base: member, change: (o) => (o.spec.quotas = { others: {} }), message: 'quotas.others: give at least one of' },
  { base: member, change: (o) => (o.spec.quotas = { proposers: [{ did: `${DID}bank-b` }] }), message: 'quotas.proposers[]: give at least one of' },
  { base: member, change: (o) => (o.spec.quotas = { proposers: [{ did: 'bank-b', openTasks: 1 }] }), message: 'did' },

  { base: person, change: (o) => delete o.spec.publicKeyMultibase, message: 'publicKeyMultibase is required for a Person' },
  { base: institution, change: (o) => (o.spec.publicKeyMultibase = 'z6Mk'), message: 'publicKeyMultibase must be absent for an Institution' },
  { base: person, change: (o) => (o.spec.keySecretRef = { name: 'key' }), message: "a person's key never enters the cluster" },
  { base: person, change: (o) => (o.spec.keyStore = keyStore('pkcs11')), message: "a person's key is used on the person's own machine" },
  { base: institution, change: (o) => (o.spec.keyStore = {}), message: 'exactly one of file and pkcs11 must be set' },
  { base: institution, change: (o) => (o.spec.keyStore = { ...keyStore('pkcs11'), ...keyStore('file') }), message: 'exactly one of file and pkcs11 must be set' },
  { base: institution, change: (o) => Object.assign(o.spec, { keyStore: keyStore('file'), keySecretRef: { name: 'key' } }), message: 'keySecretRef must be absent with keyStore.file' },
  { base: person, change: (o) => (o.spec.subjectCode = 'lin'), message: 'subjectCode of a Person is <institution code>.<name>' },
  { base: institution, change: (o) => (o.spec.subjectCode = 'bank.a'), message: "that of an Institution has no '.'" },
  { base: person, change: (o) => (o.spec.roles = ['DataUser']), message: 'roles must fit type' },
  { base: institution, change: (o) => (o.spec.roles = ['DataManager']), message: 'roles must fit type' },
  changed(institution, 'subjectCode', 'bank-z'),
  {
    base: institution,
    change: (o) => Object.assign(o.spec, { type: 'Person', subjectCode: 'bank-a.x', roles: ['DataManager'], publicKeyMultibase: 'z6Mk' }),
    message: 'type is immutable',
    transition: true,
  },
  { base: person, before: (o) => (o.spec.deactivated = true), change: (o) => (o.spec.deactivated = false), message: 'deactivated cannot be taken back', transition: true },
  { base: institution, change: (o) => (o.spec.deactivated = true), message: 'an institution leaves a network by CollabNetwork.spec.leave' },
  { base: person, change: (o) => (o.spec.keyRotation = { generation: 1 }), message: "a person replaces its own key with 'kubectl collabnet key rotate NAME'" },
  { base: institution, before: (o) => (o.spec.keyRotation = { generation: 2 }), change: (o) => (o.spec.keyRotation.generation = 1), message: 'generation can only be raised', transition: true },
  { base: institution, before: (o) => (o.spec.keyRotation = { generation: 2 }), change: (o) => delete o.spec.keyRotation, message: 'generation can only be raised', transition: true },
  { base: person, change: (o) => (o.spec.recovery = { threshold: 1, publicKeys: ['z6Mk'] }), message: 'recovery must be absent for a Person' },
  { base: institution, change: (o) => (o.spec.recovery = { threshold: 2, publicKeys: ['z6Mk'] }), message: 'threshold must not be larger than the number of recovery.publicKeys' },

  { base: asset, change: (o) => (o.spec.source.file.path = 'a/../../etc/passwd'), message: "path must stay inside the volume: remove '..'" },
  { base: asset, change: (o) => (o.spec.lawfulBasis.basis = 'Consent'), message: 'subjectAuthorisation is required when basis is Consent' },
  { base: asset, change: (o) => (o.spec.lawfulBasis.basis = 'NotPersonal'), message: 'NotPersonal contradicts classification.personalInformation' },
  { base: asset, change: withGrant({ columns: { keys: ['nope'], payload: [] } }), message: 'grants[].columns must name columns of spec.columns', guardOnly: true },
  changed(asset, 'networkRef', { name: 'other' }),
  { base: asset, change: withGrant({ form: { type: 'SingleTask', count: 1 } }), message: 'form of type SingleTask needs form.flow' },
  { base: asset, change: withGrant({ form: { type: 'Count' } }), message: 'form of type Count needs form.count' },
  { base: asset, change: withGrant({ form: { type: 'Period', notBefore: '2026-01-01T00:00:00Z' } }), message: 'form of type Period needs form.notBefore and form.notAfter' },
  {
    base: asset,
    change: withGrant({ form: { type: 'Period', notBefore: '2026-02-01T00:00:00Z', notAfter: '2026-01-01T00:00:00Z' } }),
    message: 'form.notAfter must be later than form.notBefore',
  },
  changedGrant('grantee', `${DID}bank-c`),
  changedGrant('purpose', 'Something else'),
  changedGrant('algorithms', [{ name: 'psi', versions: ['*'] }]),
  changedGrant('form', { type: 'Count', count: 1000 }),
  changedGrant('wireProfiles', ['gm']),
  changedGrant('columns', { keys: ['id_number'], payload: [] }),
  changedGrant('receivers', [`${DID}bank-b`]),
  changedGrant('computeParties', [`${DID}bank-b`]),
  changedGrant('operators', ['Difference']),
  changedGrant('disclosure', { minimumSetSize: 1 }),
  changedGrant('approval', { ...(grant()['approval'] as object), signature: 'b3RoZXI' }),
  { base: asset, before: withGrant({ revoked: true }), change: (o) => delete o.spec.grants[0].revoked, message: 'revoked cannot be taken back', transition: true },

  { base: task, change: (o) => (o.spec.parties[1].did = o.spec.parties[0].did), message: 'parties[].did must be unique' },
  { base: task, change: (o) => (o.spec.parties[1].name = 'x'), message: 'steps[].roles.compute must be names in spec.parties' },
  { base: task, change: (o) => (o.spec.steps[0].inputs[1].party = 'x'), message: 'steps[].inputs[].party must be a name in spec.parties' },
  {
    base: task,
    change: (o) => {
      o.spec.steps[0].roles.receivers = ['x'];
      o.spec.steps[0].outputs[0].receivers = ['x'];
    },
    message: 'steps[].roles.receivers must be names in spec.parties',
  },
  { base: task, change: (o) => (o.spec.steps[0].inputs[0].keys = ['id_number', 'balance']), message: 'inputs[].keys must have the same length in every input' },
  { base: task, change: (o) => (o.spec.steps[0].inputs[0].keys = []), message: 'keys must name at least one column that identifies a row of the asset' },
  { base: task, change: (o) => (o.spec.steps[0].outputs[0].receivers = ['a', 'b']), message: 'outputs[].receivers must be among roles.receivers' },
  { base: task, change: (o) => (o.spec.steps[0].roles.receivers = ['a', 'b']), message: 'roles.receivers names a party that receives no output' },
  { base: task, change: (o) => delete o.spec.steps[0].inputs[0].asset, message: 'exactly one of asset and from must be set' },
  {
    base: task,
    change: (o) => {
      delete o.spec.steps[0].inputs[0].asset;
      Object.assign(o.spec.steps[0].inputs[0], { from: { step: 'x', output: 'y' }, assetVersion: 2 });
    },
    message: 'assetVersion needs asset',
  },
  changed(task, 'networkRef', { name: 'other' }),
  changed(task, 'runID', 'again'),
  changed(task, 'purpose', 'Something else'),
  changed(task, 'wireProfile', 'gm'),
  changed(task, 'approvalTimeout', '48h'),
  changed(task, 'timeout', '2h'),
  changed(task, 'maxAttempts', 3),
  changed(task, 'auditors', [`${DID}auditor`]),
  { base: task, change: (o) => (o.spec.parties[0].namespaceHint = 'x'), message: 'parties is immutable', transition: true },
  { base: task, change: (o) => (o.spec.steps[0].parameters.protocol = 'ECDH'), message: 'steps is immutable', transition: true },

  changed(approval, 'decision', 'Refuse', 'spec of an Approval is immutable'),
  changed(approval, 'body', { more: 1 }, 'spec of an Approval is immutable'),
];

/** Rules that no object can break while an enum has a single value. */
export const UNREACHABLE = ['trustModel is immutable', 'trustModels is immutable'];
