import { asReconcileError } from '../../sessions.ts';
import { registeredDid, type DidContext, type DidServices } from '../did-services.ts';

/** Takes a person whose key is lost or stolen, or who has left, out of use on every ledger. It only takes rights away. */
export async function deactivatePerson(ctx: DidContext, services: DidServices): Promise<void> {
  const { type, deactivated } = ctx.object.spec;
  if (type !== 'Person' || !deactivated) return;
  for (const session of services.sessions.all()) {
    const record = await registeredDid(session, ctx);
    if (record === undefined || record.controller !== session.did || record.deactivatedAtHeight !== undefined) continue;
    const did = record.document.id;
    try {
      await session.submit({ kind: 'Identity', contract: 'identity', method: 'deactivatePerson', public: { did, reason: 'taken out of use by the institution' } });
    } catch (error) {
      throw asReconcileError(error, `the deactivation of ${did}`);
    }
    ctx.event({ type: 'Normal', reason: 'PersonDeactivated', message: `${did} cannot consent any more` });
  }
  ctx.status.registered = ctx.status.registered?.map((each) => ({ ...each, deactivated: true }));
  ctx.ready('Deactivated', 'out of use for ever: no ledger accepts this key any more');
}
