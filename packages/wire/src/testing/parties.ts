import { signDelegation } from '@collabnet/envelope';
import { generateSm2KeyPair, randomBytes, sm2Sign, toHex } from '@collabnet/sm';
import { openSession } from '../session.ts';
import { FaultyLink } from './faulty-link.ts';
import type { Sm2KeyPair } from '@collabnet/sm';
import type { ReliableChannel } from '../channel/reliable-channel.ts';
import type { WireProfileName } from '../profile/wire-profile.ts';
import type { WireContext, WireIdentity, WirePeer } from '../handshake/context.ts';

/** One institution of a test with its own key and one attempt key, as the ledger would know both. */
export interface TestParty {
  readonly identity: WireIdentity;
  readonly asPeer: WirePeer;
  readonly institution: Sm2KeyPair;
}

export function testContext(overrides: Partial<WireContext> = {}): WireContext {
  return {
    networkId: 'ab'.repeat(32),
    flowId: 'cd'.repeat(32),
    step: 'align',
    attempt: 1,
    specDigest: 'ef'.repeat(32),
    partiesDigest: '01'.repeat(32),
    wireProfile: 'intl',
    algorithm: { name: 'psi', version: '1.0.0' },
    ...overrides,
  };
}

export async function testParty(code: string, context: WireContext): Promise<TestParty> {
  const [institution, attempt] = [generateSm2KeyPair(), generateSm2KeyPair()];
  const did = `did:collab:${context.networkId.slice(0, 32)}:${code}` as const;
  const delegation = await signDelegation(
    {
      schema: 'collabnet.dev/delegation/v1',
      network: context.networkId,
      id: toHex(randomBytes(16)),
      delegator: { id: did, keyId: `${did}#key-1` },
      delegate: { type: 'workload', id: `urn:attempt:${code}`, publicKey: attempt.publicKey },
      actions: ['flows.reserve'],
      task: context.flowId,
      attempt: String(context.attempt),
      notBefore: Date.now() - 1000,
      expires: Date.now() + 3_600_000,
    },
    (message) => sm2Sign(message, institution.privateKey),
  );
  return {
    identity: { did, attemptKey: attempt.privateKey, delegation },
    asPeer: { did, courierKey: attempt.publicKey, institutionKey: institution.publicKey },
    institution,
  };
}

/** Both wire profiles must pass the same tests. */
export const testProfiles: readonly WireProfileName[] = ['intl', 'gm'];

export interface TestSession {
  readonly links: [FaultyLink, FaultyLink];
  readonly channels: [ReliableChannel, ReliableChannel];
  close(): void;
}

export interface TestSessionOptions {
  readonly wireProfile?: WireProfileName;
  /** What differs from the context of other test sessions. */
  readonly context?: Partial<WireContext>;
  /** Codes of the two institutions. */
  readonly codes?: readonly [string, string];
  readonly byteCeiling?: number;
  /** Where the two ends have different ones. */
  readonly byteCeilings?: readonly [number, number];
  readonly windows?: readonly [number, number];
  readonly heartbeatMs?: number;
  readonly prepare?: (links: [FaultyLink, FaultyLink]) => void;
}

/** Two ends that have shaken hands. */
export async function testSession(options: TestSessionOptions = {}): Promise<TestSession> {
  const context = testContext({ wireProfile: options.wireProfile ?? 'intl', ...options.context });
  const [codeA, codeB] = options.codes ?? ['alpha', 'beta'];
  const [a, b] = [await testParty(codeA, context), await testParty(codeB, context)];
  const links = FaultyLink.pair();
  options.prepare?.(links);
  const [ceilingA, ceilingB] = options.byteCeilings ?? [options.byteCeiling ?? 1e12, options.byteCeiling ?? 1e12];
  const common = { context, heartbeatMs: options.heartbeatMs, signal: AbortSignal.timeout(30_000) };
  const channels = await Promise.all([
    openSession({ ...common, byteCeiling: ceilingA, window: options.windows?.[0], link: links[0], self: a.identity, peer: b.asPeer }),
    openSession({ ...common, byteCeiling: ceilingB, window: options.windows?.[1], link: links[1], self: b.identity, peer: a.asPeer }),
  ]);
  return { links, channels, close: () => channels.forEach((channel) => channel.close()) };
}
