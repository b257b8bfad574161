import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { generateSm2KeyPair } from '@collabnet/sm';
import { frameTypes } from '../frames/frame.ts';
import { openSession } from '../session.ts';
import { FaultyLink } from '../testing/faulty-link.ts';
import { testContext, testProfiles, testParty, testSession } from '../testing/parties.ts';
import type { WireProfileName } from '../profile/wire-profile.ts';
import type { WireContext, WirePeer } from './context.ts';

/** Lets two ends try for a while; returns why messages were refused. */
async function refusals(options: {
  wireProfile: WireProfileName;
  contextA?: Partial<WireContext>;
  peerOfA?: (peer: WirePeer) => WirePeer;
  tamper?: (bytes: Buffer) => boolean;
}): Promise<{ reasons: string[]; opened: boolean }> {
  const context = testContext({ wireProfile: options.wireProfile });
  const [a, b] = [await testParty('alpha', context), await testParty('beta', context)];
  const [linkA, linkB] = FaultyLink.pair();
  if (options.tamper) linkB.faults = { intercept: options.tamper };
  const reasons: string[] = [];
  const signal = AbortSignal.timeout(700);
  const onRefused = (reason: string): void => void reasons.push(reason);
  const results = await Promise.allSettled([
    openSession({ context: { ...context, ...options.contextA }, byteCeiling: 1e9, signal, onRefused, link: linkA, self: a.identity, peer: options.peerOfA?.(b.asPeer) ?? b.asPeer }),
    openSession({ context, byteCeiling: 1e9, signal, onRefused, link: linkB, self: b.identity, peer: a.asPeer }),
  ]);
  for (const result of results) if (result.status === 'fulfilled') result.value.close();
  return { reasons, opened: results.some((result) => result.status === 'fulfilled') };
}

for (const wireProfile of testProfiles) describe(`handshake, ${wireProfile}`, () => {
  test('two ends that agree get a channel, though most datagrams are lost', async () => {
    const session = await testSession({ wireProfile, prepare: (links) => links.forEach((link) => (link.faults = { lose: 0.6, repeat: 0.3, reorder: 0.3 })) });
    session.close();
  });

  test('the peer may start later', async () => {
    const context = testContext({ wireProfile });
    const [a, b] = [await testParty('alpha', context), await testParty('beta', context)];
    const [linkA, linkB] = FaultyLink.pair();
    const common = { context, byteCeiling: 1e9, signal: AbortSignal.timeout(10_000) };
    const first = openSession({ ...common, link: linkA, self: a.identity, peer: b.asPeer });
    await delay(600);
    const channels = await Promise.all([first, openSession({ ...common, link: linkB, self: b.identity, peer: a.asPeer })]);
    channels.forEach((channel) => channel.close());
  });

  test('nobody answers: the reason of the signal is thrown', async () => {
    const context = testContext({ wireProfile });
    const [a, b] = [await testParty('alpha', context), await testParty('beta', context)];
    const reason = new Error('too late');
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 50);
    const [link] = FaultyLink.pair();
    await assert.rejects(openSession({ context, byteCeiling: 1, signal: controller.signal, link, self: a.identity, peer: b.asPeer }), reason);
  });

  for (const [name, contextA] of Object.entries({
    'another network': { networkId: '00'.repeat(32) },
    'another task': { flowId: '00'.repeat(32) },
    'another step': { step: 'other' },
    'another attempt': { attempt: 2 },
    'another specification': { specDigest: '00'.repeat(32) },
    'another key of a third party': { partiesDigest: '00'.repeat(32) },
    'the other wire profile': { wireProfile: wireProfile === 'gm' ? 'intl' : 'gm' },
    'another algorithm': { algorithm: { name: 'psi', version: '2.0.0' } },
  } satisfies Record<string, Partial<WireContext>>)) {
    test(`refused: ${name}`, async () => {
      const { reasons, opened } = await refusals({ wireProfile, contextA });
      assert.equal(opened, false);
      assert.ok(reasons.length >= 2, 'both ends refuse');
    });
  }

  test('refused: a key that is not the one on the ledger', async () => {
    const { reasons, opened } = await refusals({ wireProfile, peerOfA: (peer) => ({ ...peer, courierKey: generateSm2KeyPair().publicKey }) });
    assert.equal(opened, false);
    assert.ok(reasons.includes('delegation names another key than the ledger'));
  });

  test('refused: a delegation that the institution did not sign', async () => {
    const { reasons, opened } = await refusals({ wireProfile, peerOfA: (peer) => ({ ...peer, institutionKey: generateSm2KeyPair().publicKey }) });
    assert.equal(opened, false);
    assert.ok(reasons.includes('delegation is not signed by the institution'));
  });

  test('refused: an ephemeral key put in on the way', async () => {
    const { reasons, opened } = await refusals({
      wireProfile,
      tamper: (bytes) => {
        if (bytes[1] !== frameTypes.HELLO) return true;
        const text = bytes.toString('latin1');
        const at = text.indexOf('"ephemeral":"') + 14;
        bytes[at] = bytes[at] === 65 ? 66 : 65;
        return true;
      },
    });
    assert.equal(opened, false);
    assert.ok(reasons.some((reason) => reason.startsWith('HELLO is not signed')));
  });

  test('who computes in a trusted execution environment has its ephemeral key vouched for, anew in each handshake', async () => {
    const context = testContext({ wireProfile });
    const [a, b] = [await testParty('alpha', context), await testParty('beta', context)];
    const vouched: string[] = [];
    const attest = (nonce: string): Promise<string> => Promise.resolve(`vouched ${vouched.push(nonce)}`);
    const verifyAttestation = (token: string | undefined, nonce: string): Promise<void> => {
      assert.equal(token, `vouched ${vouched.indexOf(nonce) + 1}`);
      return delay(300);
    };
    for (const times of [1, 2]) {
      const [linkA, linkB] = FaultyLink.pair();
      const common = { context, byteCeiling: 1e9, signal: AbortSignal.timeout(10_000) };
      const channels = await Promise.all([
        openSession({ ...common, link: linkA, self: { ...a.identity, attest }, peer: b.asPeer }),
        openSession({ ...common, link: linkB, self: b.identity, peer: { ...a.asPeer, verifyAttestation } }),
      ]);
      channels.forEach((channel) => channel.close());
      assert.equal(new Set(vouched).size, times);
    }
  });

  test('what vouches for it and is not enough ends the handshake with the reason; what was altered on the way does not', async () => {
    const context = testContext({ wireProfile });
    const [a, b] = [await testParty('alpha', context), await testParty('beta', context)];
    const verifyAttestation = (token: string | undefined): Promise<void> => (token === 'good' ? Promise.resolve() : Promise.reject(new Error('no good')));
    const open = (link: FaultyLink): ReturnType<typeof openSession> =>
      openSession({ context, byteCeiling: 1e9, signal: AbortSignal.timeout(2000), link, self: b.identity, peer: { ...a.asPeer, verifyAttestation } });
    for (const attest of [undefined, () => Promise.resolve('bad')]) {
      const [linkA, linkB] = FaultyLink.pair();
      const [, judged] = await Promise.allSettled([
        openSession({ context, byteCeiling: 1e9, signal: AbortSignal.timeout(500), link: linkA, self: { ...a.identity, attest }, peer: b.asPeer }),
        open(linkB),
      ]);
      assert.match(String(judged.status === 'rejected' && judged.reason), /no good/);
    }
    const [linkA, linkB] = FaultyLink.pair();
    let altered = 0;
    linkA.faults = {
      intercept: (bytes) => {
        if (bytes[1] === frameTypes.HELLO && altered++ === 0) bytes.set(Buffer.from('b00d'), bytes.indexOf('"good"') + 1);
        return true;
      },
    };
    const channels = await Promise.all([
      openSession({ context, byteCeiling: 1e9, signal: AbortSignal.timeout(5000), link: linkA, self: { ...a.identity, attest: () => Promise.resolve('good') }, peer: b.asPeer }),
      open(linkB),
    ]);
    channels.forEach((channel) => channel.close());
    assert.ok(altered > 1);
  });
});
