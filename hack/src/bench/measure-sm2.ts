import { generateSm2KeyPair, sm2Decrypt, sm2Encrypt, sm2KeyAgreement, sm2Sign, sm2Verify } from '@collabnet/sm';
import { sm2 } from 'sm-crypto-v2';
import { median } from './figures.ts';
import type { Sm2Figures } from './performance-figures.ts';

interface Contest {
  readonly operation: string;
  /** Each call is given another number, for what must be new each time. */
  readonly ours: (nth: number) => unknown;
  readonly baseline: (nth: number) => unknown;
}

const MESSAGE = Buffer.from('a transaction of a flow, in canonical form');
const SECRET = Buffer.alloc(32, 7);
const BATCH = 10;

/**
 * Times `@collabnet/sm` against `sm-crypto-v2` by its own interface. Processor time, and both in turn, because other
 * programs run beside the bench.
 *
 * @param rounds - batches of 10 each; the first two only warm up
 */
export function measureSm2(rounds: number): Sm2Figures[] {
  return contests(rounds * BATCH).map(({ operation, ours, baseline }) => {
    const times: Record<'ours' | 'baseline', number[]> = { ours: [], baseline: [] };
    for (let round = 0; round < rounds; round += 1) {
      const [a, b] = [batch(ours, round), batch(baseline, round)];
      if (round < 2) continue;
      times.ours.push(a);
      times.baseline.push(b);
    }
    return { operation, ours: median(times.ours), baseline: median(times.baseline) };
  });
}

function contests(calls: number): Contest[] {
  const [pair, peer, ephemeral] = [generateSm2KeyPair(), generateSm2KeyPair(), generateSm2KeyPair()];
  // One for each call: what was verified before is not computed again.
  const messages = Array.from({ length: calls }, (_, nth) => Buffer.from(`${MESSAGE.toString()} ${nth}`));
  const signed = messages.map((message) => sm2Sign(message, pair.privateKey, pair.publicKey));
  const strangers = Array.from({ length: calls }, () => generateSm2KeyPair());
  const stranger = (nth: number): (typeof strangers)[number] => strangers[nth] ?? peer;
  const signatures = strangers.map(({ privateKey, publicKey }) => sm2Sign(MESSAGE, privateKey, publicKey));
  const raw = (text: string): string => Buffer.from(text, 'base64url').toString('hex');
  const [ciphertext, theirCiphertext] = [sm2Encrypt(SECRET, pair.publicKey), sm2.doEncrypt(SECRET, pair.publicKey)];
  // A table as large as the one that packages/sm keeps.
  const known = sm2.precomputePublicKey(pair.publicKey, 4);
  const hashed = { hash: true, publicKey: pair.publicKey };
  return [
    { operation: 'sign', ours: () => sm2Sign(MESSAGE, pair.privateKey), baseline: () => sm2.doSignature(MESSAGE, pair.privateKey, hashed) },
    {
      operation: 'verify, key in use',
      ours: (nth) => sm2Verify(messages[nth] ?? MESSAGE, signed[nth] ?? '', pair.publicKey),
      baseline: (nth) => sm2.doVerifySignature(messages[nth] ?? MESSAGE, raw(signed[nth] ?? ''), known, hashed),
    },
    {
      operation: 'verify, new key',
      ours: (nth) => sm2Verify(MESSAGE, signatures[nth] ?? '', stranger(nth).publicKey),
      baseline: (nth) => sm2.doVerifySignature(MESSAGE, raw(signatures[nth] ?? ''), stranger(nth).publicKey, { hash: true }),
    },
    {
      operation: 'key agreement',
      ours: (nth) => sm2KeyAgreement({ self: pair, selfEphemeral: ephemeral, peer: peer.publicKey, peerEphemeral: stranger(nth).publicKey, role: 'initiator', length: 32 }),
      baseline: (nth) => sm2.calculateSharedKey(pair, ephemeral, peer.publicKey, stranger(nth).publicKey, 32, false, '1234567812345678', '1234567812345678'),
    },
    { operation: 'encrypt 32 octets', ours: () => sm2Encrypt(SECRET, pair.publicKey), baseline: () => sm2.doEncrypt(SECRET, pair.publicKey) },
    { operation: 'decrypt 32 octets', ours: () => sm2Decrypt(ciphertext, pair.privateKey), baseline: () => sm2.doDecrypt(theirCiphertext, pair.privateKey, 1, { output: 'array' }) },
  ];
}

/** Processor time of one call in microseconds. @throws Error when a call gives a wrong answer */
function batch(call: (nth: number) => unknown, round: number): number {
  const before = process.cpuUsage();
  for (let at = 0; at < BATCH; at += 1) {
    if (call(round * BATCH + at) === false) throw new Error('a genuine signature was refused');
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / BATCH;
}
