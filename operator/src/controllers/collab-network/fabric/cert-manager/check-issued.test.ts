import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { createAuthority, enrol, issueTls, type IssuedCertificate, type KeyAndCertificate } from '@collabnet/fabric-network';
import { issuedProblem, type Issued } from './check-issued.ts';

const SUBJECT = { commonName: 'fabric-demo-peer-0', role: 'peer' } as const;
const SERVER = { commonName: 'peer.bank.svc', dnsNames: ['peer.bank.svc', 'peer'] };

describe('what an issuer of cert-manager has issued', () => {
  let authority: KeyAndCertificate;
  let other: KeyAndCertificate;
  let good: Issued;

  const issued = ({ certificatePem, privateKeyPem, caPem }: IssuedCertificate): Issued => ({ certificatePem, privateKeyPem, authorityPem: caPem });
  const identity = async (subject: { commonName: string; role: 'peer' | 'admin' } = SUBJECT): Promise<Issued> => issued(await enrol({ authority, days: 1, ...subject }));

  before(async () => {
    authority = await createAuthority({ mspId: 'Bank', purpose: 'identity', days: 10 });
    other = await createAuthority({ mspId: 'Bank', purpose: 'identity', days: 10 });
    good = await identity();
  });

  it('is taken as it was asked for, the first time and when it is renewed with the same key', async () => {
    assert.equal(issuedProblem(good, SUBJECT), undefined);
    const renewed = issued(await enrol({ authority, days: 2, ...SUBJECT, privateKeyPem: good.privateKeyPem }));
    assert.equal(issuedProblem(renewed, SUBJECT, authority.certificatePem, good), undefined);
    assert.equal(issuedProblem(issued(await issueTls({ authority, days: 1, dnsNames: SERVER.dnsNames })), SERVER), undefined);
  });

  it('must come from the authority that it names, without one in between', () => {
    assert.match(issuedProblem({ ...good, certificatePem: good.certificatePem + authority.certificatePem }, SUBJECT) ?? '', /intermediate authority/);
    assert.match(issuedProblem({ ...good, authorityPem: other.certificatePem }, SUBJECT) ?? '', /does not name the authority .* kind CA/);
    assert.match(issuedProblem({ ...good, authorityPem: good.certificatePem }, SUBJECT) ?? '', /does not name the authority/);
    assert.match(issuedProblem({ ...good, authorityPem: '' }, SUBJECT) ?? '', /does not name the authority/);
  });

  it('must come from the authority that the channel knows', () => {
    assert.match(issuedProblem(good, SUBJECT, other.certificatePem) ?? '', /is another one \(SHA-256 [0-9A-F:]{95}\) than the channel knows; give it back/);
  });

  it('must say what was asked for', async () => {
    assert.match(issuedProblem(await identity({ commonName: SUBJECT.commonName, role: 'admin' }), SUBJECT) ?? '', /OU must be peer and nothing else/);
    assert.match(issuedProblem(await identity({ commonName: 'other', role: 'peer' }), SUBJECT) ?? '', /CN must be fabric-demo-peer-0/);
    assert.match(issuedProblem(issued(await issueTls({ authority, days: 1, dnsNames: ['peer.bank.svc'] })), SERVER) ?? '', /leaves out the name peer$/);
    assert.match(issuedProblem({ ...authority, authorityPem: authority.certificatePem }, SUBJECT) ?? '', /issues certificates of authorities/);
  });

  it('must be for its key, and for the one that the node has', async () => {
    const another = await identity();
    assert.match(issuedProblem({ ...good, privateKeyPem: another.privateKeyPem }, SUBJECT) ?? '', /another key than that of the certificate/);
    assert.match(issuedProblem(another, SUBJECT, authority.certificatePem, good) ?? '', /another key than the node.* as tls\.key/);
  });
});
