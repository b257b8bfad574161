import type { RecoverySetRecord } from '@collabnet/contracts';
import { keyAt, type RegisteredDid } from '@collabnet/did';
import { encodeSm2Multikey } from '@collabnet/sm';
import type { NetworkSession } from '../../../institution/network-session.ts';
import { StalledError } from '../../../runtime/index.ts';
import { ifKnown, registeredDid, type DidContext, type DidServices } from '../did-services.ts';

type Registration = NonNullable<NonNullable<DidContext['object']['status']>['registered']>[number];

/** Shows under which DIDs and keys the ledgers know the subject. */
export async function showRegistrations(ctx: DidContext, { sessions }: DidServices): Promise<void> {
  const registered: Registration[] = [];
  for (const session of sessions.all()) {
    const record = await registeredDid(session, ctx);
    if (record !== undefined) registered.push(await registration(session, record));
  }
  const last = registered.at(-1);
  ctx.status.did = last?.did;
  // Before it is registered a subject's first key will be this one.
  ctx.status.keyID = `#${last?.keyID?.split('#')[1] ?? 'key-1'}`;
  ctx.status.registered = registered;
  if (registered.length > 0) ctx.ready('Registered', `registered in ${registered.length} network(s)`);
  else ctx.ready('KeyReady', 'the key is ready; the DID is registered when its institution founds or joins a network');
  checkPersonKey(ctx, registered);
}

async function registration(session: NetworkSession, record: RegisteredDid): Promise<Registration> {
  const did = record.document.id;
  const height = session.ledger.head().height + 1;
  const keyID = Object.keys(record.keys).find((id) => keyAt(record, id, height, 'sign') !== undefined);
  const recovery = record.principalType === 'institution' ? await ifKnown(session.ledger.evaluate<RecoverySetRecord>('identity', 'recoverySet', { did })) : undefined;
  return {
    networkID: session.networkId,
    did,
    height: record.registeredAtHeight,
    version: record.version,
    ...(keyID !== undefined && { keyID, publicKeyMultibase: encodeSm2Multikey(record.keys[keyID]?.publicKey ?? '') }),
    ...(record.deactivatedAtHeight !== undefined && { deactivated: true }),
    ...(recovery !== undefined && { recoveryVersion: recovery.version }),
  };
}

/** A person's key changes on the ledger by the person's own signature only; the object follows it. */
function checkPersonKey({ object }: DidContext, registered: readonly Registration[]): void {
  const { type, publicKeyMultibase } = object.spec;
  if (type !== 'Person') return;
  const other = registered.find((each) => each.deactivated !== true && each.publicKeyMultibase !== publicKeyMultibase);
  if (other === undefined) return;
  throw new StalledError(
    'KeyDiffers',
    `spec.publicKeyMultibase: the ledger of network ${other.networkID.slice(0, 16)} holds ${other.publicKeyMultibase ?? 'no key'}; put that key back, or have the person replace it: kubectl collabnet key rotate NAME`,
  );
}
