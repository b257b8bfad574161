import type { ChaincodeDefinition, ChaincodeLifecycle, CommittedDefinition } from '@collabnet/fabric-network';
import { WaitError } from '../../../../runtime/index.ts';
import { CHAINCODE } from '../chaincode-package.ts';
import { CHAINCODE_NOT_READY, CONTRACTS_AWAITED, CONTRACTS_OUTDATED, contractsProblem } from '../contracts-problem.ts';
import { approvalsOf, contractsStep, suffices, type ContractsStep } from '../contracts-step.ts';
import { lifecycle } from '../fabric-clients.ts';
import { onFabric } from '../fabric-errors.ts';
import type { FabricRun } from '../fabric-run.ts';
import { installContracts } from '../install-contracts.ts';
import { definitionVersion } from '../own-contracts.ts';

/** Entry of the package's Secret with what this institution approved last. */
const APPROVED = 'approved';

const RECHECK_MS = 1_000;

/**
 * Installs the own contracts on the own peer, approves them for this institution, and puts them into force once enough
 * institutions have approved them. Until then those of before stay in force.
 */
export async function ensureDefinition(fabric: FabricRun): Promise<void> {
  const packageId = await installContracts(fabric);
  const agreement = lifecycle(fabric);
  try {
    const committed = await onFabric('reading the definition of the contracts', () => agreement.committed(CHAINCODE));
    const founder = fabric.run.network.spec.founding !== undefined;
    const step = contractsStep(fabric.contracts, { mspId: fabric.mspId, founder }, committed);
    if (step.kind === 'Await') throw catchingUp();
    if (step.kind === 'Outdated') {
      const problem = contractsProblem(CONTRACTS_OUTDATED, outdated(fabric, committed));
      fabric.problems.push(problem);
      return waitFor(fabric, committed, problem);
    }
    await agree(fabric, agreement, step, packageId, committed);
  } finally {
    agreement.close();
  }
}

async function agree(fabric: FabricRun, agreement: ChaincodeLifecycle, { sequence, inForce }: Extract<ContractsStep, { kind: 'Approve' }>, packageId: string, committed: CommittedDefinition | undefined): Promise<void> {
  const definition = { name: CHAINCODE, version: definitionVersion(fabric.contracts), sequence };
  if (inForce) await withdraw(agreement, definition, packageId);
  if (!(await isApproved(fabric, agreement, definition, packageId, committed))) {
    // A peer that has lost its volume knows nothing of what was approved.
    if (committed === undefined && (await wasApproved(fabric))) throw catchingUp();
    // From its approval, or its coming into force, on the peer calls these and no others.
    const away = fabric.problems.find(({ reason }) => reason === CHAINCODE_NOT_READY);
    if (away !== undefined) return waitFor(fabric, committed, away);
    await approve(fabric, agreement, definition, packageId);
  }
  await remember(fabric, definition, packageId);
  if (inForce) return putIntoForce(fabric, definition);
  const approvals = approvalsOf(await onFabric('looking who approves the contracts', () => agreement.approvals(definition)));
  if (suffices(approvals)) {
    await onFabric('putting the contracts into force', () => commit(agreement, definition));
    fabric.run.ctx.event({ type: 'Normal', reason: 'ContractsCommitted', message: `${definition.version}, sequence ${sequence}; approved by ${approvals.given.join(', ')}` });
    return putIntoForce(fabric, definition);
  }
  const { given, missing } = approvals;
  const message = `contracts ${fabric.contracts.version} as sequence ${sequence}: approved by ${given.join(', ') || 'nobody'}, not by ${missing.join(', ')}; more than half must. An institution approves by upgrading its release. ${committed === undefined ? 'None are in force' : `${committed.version} stay in force`}`;
  const problem = contractsProblem(CONTRACTS_AWAITED, message);
  waitFor(fabric, committed, problem);
  // What is in force without this institution, its peer does not serve either.
  if (committed?.approvals[fabric.mspId] !== true) fabric.problems.push(problem);
}

function catchingUp(): WaitError {
  return new WaitError('FabricCatchingUp', 'the peer has not read the definition of the contracts yet', RECHECK_MS);
}

function putIntoForce(fabric: FabricRun, { version, sequence }: ChaincodeDefinition): void {
  fabric.contractsInForce = { version, sequence };
}

/** What is in force stays so. */
function waitFor(fabric: FabricRun, committed: CommittedDefinition | undefined, problem: WaitError): void {
  fabric.contractsInForce = committed;
  fabric.contractsWait = problem;
}

function outdated({ contracts }: FabricRun, committed: CommittedDefinition | undefined): string {
  return `the members have put contracts ${committed?.version ?? ''} into force, this release has ${definitionVersion(contracts)}: nothing can be written from here, and the ledger can be read up to the change. Upgrade the release of this institution to one with those contracts, or agree with the members on a later version`;
}

/** Any operator may do it: that another was faster is no failure. */
async function commit(agreement: ChaincodeLifecycle, definition: ChaincodeDefinition): Promise<void> {
  try {
    await agreement.commit(definition);
  } catch (error) {
    const now = await agreement.committed(CHAINCODE);
    if (now?.version !== definition.version || now.sequence !== definition.sequence) throw error;
  }
}

/**
 * Whether this institution has approved it, with this package. The ledger is asked, not a note of the own: for what is in force
 * Fabric takes no second approval that changes nothing.
 */
async function isApproved(fabric: FabricRun, agreement: ChaincodeLifecycle, { name, version, sequence }: ChaincodeDefinition, packageId: string, committed: CommittedDefinition | undefined): Promise<boolean> {
  try {
    const approved = await onFabric('looking at the own approval', () => agreement.approved(name, sequence));
    return approved?.version === version && approved.packageId === packageId;
  } catch (error) {
    // A peer that was restored from a snapshot has the hash of the approval, but not the approval: only the note says with which package.
    const approves = committed?.sequence === sequence && committed.version === version && committed.approvals[fabric.mspId] === true;
    if (approves && (await isRemembered(fabric, sequence, packageId))) return true;
    throw error;
  }
}

async function approve(fabric: FabricRun, agreement: ChaincodeLifecycle, definition: ChaincodeDefinition, packageId: string): Promise<void> {
  await onFabric('approving the definition of the contracts', () => agreement.approve(definition, packageId));
  fabric.run.ctx.event({ type: 'Normal', reason: 'ContractsApproved', message: `${definition.version}, sequence ${definition.sequence}` });
}

/** For the day on which the peer has lost its volume. */
async function remember(fabric: FabricRun, { sequence }: ChaincodeDefinition, packageId: string): Promise<void> {
  const { run, names } = fabric;
  if (await isRemembered(fabric, sequence, packageId)) return;
  await run.services.secrets.update(names.chaincodePackage, (values) => ({ ...values, [APPROVED]: noteOf(fabric, sequence, packageId) }));
}

async function isRemembered(fabric: FabricRun, sequence: number, packageId: string): Promise<boolean> {
  const { run, names } = fabric;
  return (await run.services.secrets.read(names.chaincodePackage))?.[APPROVED] === noteOf(fabric, sequence, packageId);
}

function noteOf({ channel }: FabricRun, sequence: number, packageId: string): string {
  return `${channel}/${sequence}/${packageId}`;
}

/** Whether the contracts were agreed on once: then there may be a ledger. */
export async function wasApproved({ run, names, channel }: FabricRun): Promise<boolean> {
  return (await run.services.secrets.read(names.chaincodePackage))?.[APPROVED]?.startsWith(`${channel}/`) === true;
}

/**
 * A release that went back before the others agreed has changed its mind: Fabric knows no withdrawal, but an approval of
 * something else for the same sequence replaces the former.
 */
async function withdraw(agreement: ChaincodeLifecycle, definition: ChaincodeDefinition, packageId: string): Promise<void> {
  const next = { ...definition, sequence: definition.sequence + 1 };
  const approved = await onFabric('looking at the own approval', () => agreement.approved(next.name, next.sequence));
  if (approved === undefined || approved.version === next.version) return;
  await onFabric('withdrawing the approval of other contracts', () => agreement.approve(next, packageId));
}
