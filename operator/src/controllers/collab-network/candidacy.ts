import type { JoinRecord, MemberRecord } from '@collabnet/contracts';
import { LedgerError } from '@collabnet/ledger';
import { StalledError, WaitError } from '../../runtime/index.ts';
import { admissionLapsed } from './admission-lapsed.ts';
import { CONTRACTS_OUTDATED, contractsProblem } from './fabric/contracts-problem.ts';
import { findOnLedger } from './find-on-ledger.ts';
import type { Invitation } from './invitation.ts';
import type { CandidateLedger } from './join-client.ts';
import { submitJoin } from './join-request.ts';
import type { NetworkAccess, NetworkRun } from './network-run.ts';

/** An institution on its way into a network. */
export interface Candidacy {
  readonly run: NetworkRun;
  readonly ledger: CandidateLedger;
  readonly invitation: Invitation;
  readonly place: Pick<NetworkAccess, 'networkId' | 'did'>;
}

/** Brings the candidate's view to the newest block. @throws StalledError LedgerInvalid; WaitError */
export async function readLedger({ run, ledger, invitation }: Pick<Candidacy, 'run' | 'ledger' | 'invitation'>): Promise<void> {
  try {
    await ledger.refresh();
  } catch (error) {
    if (error instanceof LedgerError && ['BLOCK_INVALID', 'DIVERGED'].includes(error.code)) {
      throw new StalledError('LedgerInvalid', `the ledger does not match the invitation: ${error.message}; do not join, ask the institution that invited you`, { cause: error });
    }
    if (error instanceof LedgerError && error.code === 'CONTRACTS_MISMATCH') {
      if (invitation.ledgerDriver === 'fabric') await contractsOfRelease(run, ledger);
      throw contractsProblem(CONTRACTS_OUTDATED, error.message);
    }
    throw new WaitError('LedgerUnreachable', `no contact with the ledger yet: ${error instanceof Error ? error.message : 'unknown'}`, 2_000, { cause: error });
  }
}

/**
 * Looks what has become of the admission.
 *
 * @returns the member's record; undefined before it was voted in
 * @throws StalledError AdmissionLapsed
 */
export async function requireAdmission({ ledger, place: { did } }: Candidacy): Promise<MemberRecord | undefined> {
  const own = await findOnLedger<MemberRecord>(ledger, 'membership', 'member', { did });
  if (own?.state === 'Lapsed') throw admissionLapsed(did);
  return own;
}

/**
 * What a candidate on Fabric says about its release.
 *
 * @returns the definition of its contracts
 * @throws WaitError ContractsOutdated, ContractsAwaitingApproval where others are in force
 */
export async function contractsOfRelease(run: NetworkRun, ledger: CandidateLedger): Promise<string> {
  const [{ contractsHold }, { definitionVersion, ownContracts }] = await Promise.all([import('./fabric/candidate-contracts.ts'), import('./fabric/own-contracts.ts')]);
  const own = run.services.contracts ?? ownContracts();
  const hold = contractsHold(own, ledger.definition);
  if (hold !== undefined) throw hold;
  return definitionVersion(own);
}

/**
 * Says anew which contracts the release has, where the request names others: those in force, or those of the release, have
 * changed since. They must serve first, as when it asked.
 *
 * @throws as {@link contractsOfRelease}; WaitError until they serve
 */
export async function keepContractsStated({ run, ledger, invitation, place }: Candidacy, record: JoinRecord): Promise<void> {
  if (invitation.ledgerDriver !== 'fabric') return;
  const contracts = await contractsOfRelease(run, ledger);
  if (record.contracts === contracts) return;
  const { prepareCandidate } = await import('./fabric/candidate.ts');
  await prepareCandidate(run, place);
  await submitJoin(run, ledger, invitation, record.request, contracts);
  run.ctx.event({ type: 'Normal', reason: 'ContractsStated', message: `${contracts}: told the members of ${invitation.networkName}` });
}
