import type { RecoverySetRecord } from '@collabnet/contracts';
import { decodeSm2Multikey } from '@collabnet/sm';
import type { NetworkSession } from '../../../institution/network-session.ts';
import { StalledError } from '../../../runtime/index.ts';
import { asReconcileError } from '../../sessions.ts';
import { ifKnown, ownSessions, type DidContext, type DidServices } from '../did-services.ts';

/** Registers the institution's recovery keys on every ledger that has none of them. */
export async function registerRecovery(ctx: DidContext, services: DidServices): Promise<void> {
  const { recovery } = ctx.object.spec;
  if (recovery === undefined) return;
  const keys = recovery.publicKeys.map((text, index) => publicKey(text, index)).sort();
  for (const session of await ownSessions(ctx, services)) await register(ctx, session, { threshold: recovery.threshold, keys });
}

async function register(ctx: DidContext, session: NetworkSession, wanted: { threshold: number; keys: string[] }): Promise<void> {
  const known = await ifKnown(session.ledger.evaluate<RecoverySetRecord>('identity', 'recoverySet', { did: session.did }));
  if (known !== undefined) {
    if (known.threshold === wanted.threshold && known.keys.join() === wanted.keys.join()) return;
    throw new StalledError('RecoveryKeysDiffer', `spec.recovery: network ${session.name} has other recovery keys registered, and a set is replaced by its own signatures only; put back the keys of version ${known.version}`);
  }
  try {
    await session.submit({ kind: 'Identity', contract: 'identity', method: 'registerRecovery', public: wanted });
  } catch (error) {
    throw asReconcileError(error, `the registration of recovery keys in network ${session.name}`);
  }
  ctx.event({ type: 'Normal', reason: 'RecoveryRegistered', message: `${wanted.threshold} of ${wanted.keys.length} recovery keys can replace the keys in network ${session.name}` });
}

function publicKey(text: string, index: number): string {
  try {
    return decodeSm2Multikey(text);
  } catch (cause) {
    throw new StalledError('InvalidPublicKey', `spec.recovery.publicKeys[${index}]: no SM2 multikey; copy it from 'kubectl collabnet key show'`, { cause });
  }
}
