import { StalledError, WaitError } from '../../../runtime/index.ts';
import { keepContractsStated, readLedger, requireAdmission, type Candidacy } from '../candidacy.ts';
import { ADMISSION_LAPSED } from '../admission-lapsed.ts';
import { CONTRACTS_REASONS } from '../fabric/contracts-problem.ts';
import { parseInvitation } from '../invitation.ts';
import { findOwnRequest } from '../join-request.ts';
import { required, type NetworkRun } from '../network-run.ts';

/**
 * Looks at the ledger as a candidate does, for an institution that was voted in and is not on the channel yet, so that its
 * own peer shows it nothing. Says anew which contracts its release has, where the members have agreed on others.
 *
 * @returns what keeps the members from taking it in, if that is its release or the end of its admission
 */
export async function lookAsCandidate(run: NetworkRun): Promise<WaitError | StalledError | undefined> {
  try {
    const candidacy = await openCandidacy(run);
    if (candidacy === undefined) return undefined;
    await readLedger(candidacy);
    // A member whose peer reads everything anew waits for nobody.
    if ((await requireAdmission(candidacy))?.state !== 'Admitted') return undefined;
    const record = await findOwnRequest(run, candidacy.ledger, candidacy.invitation, candidacy.place.did);
    if (record !== undefined) await keepContractsStated(candidacy, record);
    return undefined;
  } catch (error) {
    if (error instanceof WaitError && CONTRACTS_REASONS.includes(error.reason)) return error;
    if (error instanceof StalledError && error.reason === ADMISSION_LAPSED) return error;
    // It is a second way to look: where it is closed, what the own peer says stands.
    run.services.logger.debug({ err: error, network: run.network.metadata.name }, 'the ledger cannot be seen by the invitation');
    return undefined;
  }
}

/** By the invitation, as long as the hub takes it. */
async function openCandidacy(run: NetworkRun): Promise<Candidacy | undefined> {
  const { secrets, joins } = run.services;
  const name = run.network.spec.join?.invitationSecretRef.name;
  const values = name === undefined ? undefined : await secrets.read(name);
  if (name === undefined || values === undefined) return undefined;
  const invitation = parseInvitation(name, values);
  if (run.ctx.clock.now() >= invitation.expires) {
    await joins.close(run.network.metadata.name);
    return undefined;
  }
  const { ledger } = await joins.open(run.network.metadata.name, invitation, run.ctx.signal);
  return { run, ledger, invitation, place: required(run.access, 'access') };
}
