import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeJwt, sameClaims, signAccountJwt, signOperatorJwt, signUserJwt } from './claims.ts';
import { formatCreds, parseCreds } from './credentials.ts';
import { createNkey } from './nkey.ts';

const operator = createNkey('operator');
const account = createNkey('account');
const user = createNkey('user');
const userInput = {
  name: 'u',
  userPub: user.publicKey,
  accountSeed: account.seed,
  accountPub: account.publicKey,
  permissions: {},
  issuedAt: 100,
};

describe('NATS claims', () => {
  it('are reproducible, verified on reading, and compared without their time', () => {
    const input = {
      name: 'acc',
      accountPub: account.publicKey,
      operatorSeed: operator.seed,
      revocations: { UB: 2, UA: 1 },
    };
    const [one, two] = [
      signAccountJwt({ ...input, issuedAt: 1 }),
      signAccountJwt({ ...input, revocations: { UA: 1, UB: 2 }, issuedAt: 1 }),
    ];
    assert.equal(one, two);
    const later = signAccountJwt({ ...input, issuedAt: 2 });
    assert.notEqual(decodeJwt(one).jti, decodeJwt(later).jti);
    assert.ok(sameClaims(one, later));
    assert.ok(!sameClaims(one, signAccountJwt({ ...input, revocations: { UA: 1 }, issuedAt: 1 })));
    const [header, payload, signature] = one.split('.') as [string, string, string];
    const forged = Buffer.from(payload, 'base64url').toString().replace('"acc"', '"bcc"');
    assert.throws(() => decodeJwt([header, Buffer.from(forged).toString('base64url'), signature].join('.')), {
      code: 'INVALID_JWT',
    });
    assert.throws(() => decodeJwt('a.b'), { code: 'INVALID_JWT' });
  });

  it('deny by default: an empty side of a user, and users without permissions of their own', () => {
    const { nats } = decodeJwt(signUserJwt(userInput));
    assert.deepEqual([nats['pub'], nats['sub']], [{ deny: ['>'] }, { deny: ['>'] }]);
    const acc = decodeJwt(signAccountJwt({ name: 'a', accountPub: account.publicKey, operatorSeed: operator.seed }));
    assert.deepEqual(acc.nats['default_permissions'], { pub: { deny: ['>'] }, sub: { deny: ['>'] } });
  });

  it('name the account when a signing key signs', () => {
    const signing = createNkey('account');
    const jwt = signUserJwt({ ...userInput, accountSeed: signing.seed });
    assert.equal(decodeJwt(jwt).nats['issuer_account'], account.publicKey);
    assert.equal(parseCreds(formatCreds(jwt, user.seed)).accountPub, account.publicKey);
  });

  it('refuse keys of the wrong kind without showing them', () => {
    const wrong = { name: 'o', operatorSeed: account.seed, systemAccountPub: account.publicKey };
    assert.throws(
      () => signOperatorJwt(wrong),
      (error: Error) => 'code' in error && error.code === 'INVALID_NKEY' && !error.message.includes(account.seed),
    );
    assert.throws(() => signUserJwt({ ...userInput, userPub: account.publicKey }), { code: 'INVALID_NKEY' });
    assert.throws(() => signUserJwt({ ...userInput, accountSeed: 'SA-broken' }), { code: 'INVALID_NKEY' });
  });
});

describe('credentials', () => {
  it('come back as they were, with their end', () => {
    const jwt = signUserJwt({ ...userInput, expires: 4_000_000_000 });
    assert.deepEqual(parseCreds(formatCreds(jwt, user.seed)), {
      jwt,
      seed: user.seed,
      publicKey: user.publicKey,
      accountPub: account.publicKey,
      expires: 4_000_000_000,
    });
  });

  it('are refused when damaged or when the seed is another one', () => {
    const creds = formatCreds(signUserJwt(userInput), createNkey('user').seed);
    assert.throws(() => parseCreds(creds), { code: 'INVALID_CREDENTIALS' });
    assert.throws(() => parseCreds('nothing'), { code: 'INVALID_CREDENTIALS' });
  });
});
