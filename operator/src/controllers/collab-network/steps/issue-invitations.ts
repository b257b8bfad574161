import { randomBytes } from 'node:crypto';
import type { InvitationRecord } from '@collabnet/contracts';
import { parseDuration } from '@collabnet/flow';
import { generateSm2KeyPair, sm2PublicKeyOf } from '@collabnet/sm';
import { StalledError } from '../../../runtime/index.ts';
import { findOnLedger } from '../find-on-ledger.ts';
import { INVITATION_ENTRY, parseInvitation, type Invitation } from '../invitation.ts';
import { required, type NetworkRun } from '../network-run.ts';

/** Issues the invitations of the spec: first the Secret, then the entry on the ledger, each found again after a crash. */
export async function issueInvitations(run: NetworkRun): Promise<void> {
  const { founding, invitations } = run.network.spec;
  if (invitations.length === 0) {
    run.ctx.status.invitations = [];
    return;
  }
  if (founding === undefined) {
    throw new StalledError('InvitationNotAllowed', 'spec.invitations: only the institution that hosts the hub can issue invitations; ask it, or empty the list');
  }
  const issued = [];
  for (const wanted of invitations) issued.push(await issue(run, wanted, founding.hubClientURL));
  run.ctx.status.invitations = issued;
}

type Wanted = NetworkRun['network']['spec']['invitations'][number];
type Issued = NonNullable<NonNullable<NetworkRun['network']['status']>['invitations']>[number];

async function issue(run: NetworkRun, wanted: Wanted, hubClientUrl: string): Promise<Issued> {
  const { secrets } = run.services;
  const secretName = wanted.secretName ?? `${run.network.metadata.name}-invitation-${wanted.name}`;
  const values = await secrets.ensure(secretName, async () => ({ [INVITATION_ENTRY]: JSON.stringify(await newInvitation(run, wanted, hubClientUrl)) }), run.network);
  const invitation = parseInvitation(secretName, values);
  const state = await announce(run, wanted, invitation);
  return { name: wanted.name, id: invitation.invitationId, secretName, state, expires: new Date(invitation.expires).toISOString() };
}

async function newInvitation(run: NetworkRun, wanted: Wanted, hubClientUrl: string): Promise<Invitation> {
  const { networkId, caPem } = required(run.access, 'access');
  const invitationId = randomBytes(8).toString('hex');
  const expires = run.ctx.clock.now() + parseDuration(wanted.expiresAfter, 'expiresAfter');
  const creds = await run.services.hub.invitationCreds(required(run.session, 'session').token, invitationId, Math.floor(expires / 1000));
  return {
    schema: 'collabnet.dev/invitation/v1',
    networkId,
    networkName: run.network.spec.displayName,
    ledgerDriver: run.network.spec.ledger.driver,
    invitationId,
    invitationKey: generateSm2KeyPair().privateKey,
    hubClientUrl,
    caPem,
    creds,
    expires,
  };
}

async function announce(run: NetworkRun, wanted: Wanted, invitation: Invitation): Promise<string> {
  const session = required(run.session, 'session');
  const { invitationId, expires } = invitation;
  const found = await findOnLedger<InvitationRecord>(session.ledger, 'membership', 'invitation', { id: invitationId });
  if (found !== undefined) return found.state === 'Used' ? 'Used' : run.ctx.clock.now() > expires ? 'Expired' : 'Issued';
  if (run.ctx.clock.now() > expires) return 'Expired';
  await session.submit({
    kind: 'Invitation',
    contract: 'membership',
    method: 'invite',
    public: { invitationId, invitationKey: sm2PublicKeyOf(invitation.invitationKey), displayName: wanted.displayName, expires },
  });
  run.ctx.event({ type: 'Normal', reason: 'InvitationIssued', message: `invitation ${wanted.name} for ${wanted.displayName}` });
  return 'Issued';
}
