import { encodeSm2Multikey } from '@collabnet/sm';
import type { DidContext, DidServices } from '../did-services.ts';

/** Makes an institution's keys on first use and shows their public halves. */
export async function showKeys(ctx: DidContext, services: DidServices): Promise<void> {
  const { spec } = ctx.object;
  if (spec.type === 'Person') {
    ctx.status.publicKeyMultibase = spec.publicKeyMultibase;
    return;
  }
  const keys = await services.keys.load(ctx.object);
  ctx.status.publicKeyMultibase = encodeSm2Multikey(keys.signPublicKey);
  ctx.status.agreeKeyMultibase = encodeSm2Multikey(keys.agreePublicKey);
  ctx.status.keyGeneration = await services.keys.generation(ctx.object);
  const { pending } = keys;
  if (pending === undefined) delete ctx.status.pendingKeys;
  else ctx.status.pendingKeys = { publicKeyMultibase: encodeSm2Multikey(pending.signPublicKey), agreeKeyMultibase: encodeSm2Multikey(pending.agreePublicKey) };
}
