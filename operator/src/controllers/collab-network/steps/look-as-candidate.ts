import { StalledError, WaitError } from '../../../runtime/index.ts';
import { keepContractsStated, readLedger, requireAdmission, type Candidacy } from '../candidacy.ts';
import { ADMISSION_LAPSED } from '../admission-lapsed.ts';
import { CONTRACTS_REASONS } from '../fabric/contracts-problem.ts';
import { parseInvitation, type Invitation } from '../invitation.ts';
import { findOwnRequest } from '../join-request.ts';
import { required, type NetworkRun } from '../network-run.ts';

/**
 * Looks at the ledger as a candidate does, for an institution that was voted in and is not on the channel yet, so that its
 * own peer shows it nothing. Says anew which contracts its release has, where the members have agreed on others.
 *
 * @param awaiting that it waits, as its own peer shows it
 * @returns what keeps the members from taking it in, if that is its release or the end of its admission; else `awaiting`
 */
export async function lookAsCandidate(run: NetworkRun, awaiting: WaitError): Promise<WaitError | StalledError> {
  try {
    const invitation = await invitationOf(run);
    if (invitation === undefined) return awaiting;
    if (run.ctx.clock.now() >= invitation.expires) return await withoutInvitation(run, awaiting);
    const candidacy = await openCandidacy(run, invitation);
    await readLedger(candidacy);
    // A member whose peer reads everything anew waits for nobody.
    if ((await requireAdmission(candidacy))?.state !== 'Admitted') return awaiting;
    const record = await findOwnRequest(run, candidacy.ledger, candidacy.invitation, candidacy.place.did);
    if (record !== undefined) await keepContractsStated(candidacy, record);
    return awaiting;
  } catch (error) {
    if (error instanceof WaitError && CONTRACTS_REASONS.includes(error.reason)) return error;
    if (error instanceof StalledError && error.reason === ADMISSION_LAPSED) return error;
    // It is a second way to look: where it is closed, what the own peer says stands.
    run.services.logger.debug({ err: error, network: run.network.metadata.name }, 'the ledger cannot be seen by the invitation');
    return awaiting;
  }
}

async function invitationOf(run: NetworkRun): Promise<Invitation | undefined> {
  const name = run.network.spec.join?.invitationSecretRef.name;
  const values = name === undefined ? undefined : await run.services.secrets.read(name);
  return name === undefined || values === undefined ? undefined : parseInvitation(name, values);
}

/** The hub takes it no longer, so only the members can say why they have not changed the channel. */
async function withoutInvitation(run: NetworkRun, { reason, message, requeueAfterMs }: WaitError): Promise<WaitError> {
  await run.services.joins.close(run.network.metadata.name);
  const where = 'The invitation has expired, so what the members wait for cannot be read from here: if this lasts, ask one of them for condition ChannelAgreed of its CollabNetwork, which names it';
  return new WaitError(reason, `${message}. ${where}`, requeueAfterMs);
}

async function openCandidacy(run: NetworkRun, invitation: Invitation): Promise<Candidacy> {
  const { ledger } = await run.services.joins.open(run.network.metadata.name, invitation, run.ctx.signal);
  return { run, ledger, invitation, place: required(run.access, 'access') };
}
