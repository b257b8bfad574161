import { FabricNetworkError, type ChaincodeDefinition, type ChaincodeLifecycle, type CommittedDefinition } from '@collabnet/fabric-network';
import { CHAINCODE, chaincodePackage } from '../chaincode-package.ts';
import { CONTRACTS_AWAITED, CONTRACTS_OUTDATED, contractsProblem } from '../contracts-problem.ts';
import { approvalsOf, contractsStep, suffices, type ContractsStep } from '../contracts-step.ts';
import { lifecycle, peerAdmin } from '../fabric-clients.ts';
import { onFabric } from '../fabric-errors.ts';
import type { FabricRun } from '../fabric-run.ts';
import { definitionVersion } from '../own-contracts.ts';

/** Entry of the package's Secret with what this institution approved last. */
const APPROVED = 'approved';

/**
 * Installs the own contracts on the own peer, approves them for this institution, and puts them into force once enough
 * institutions have approved them. Until then those of before stay in force.
 */
export async function ensureDefinition(fabric: FabricRun): Promise<void> {
  const built = await chaincodePackage(fabric);
  const peer = peerAdmin(fabric);
  const installed = await onFabric('looking at the packages of the peer', () => peer.installed());
  if (!installed.some(({ packageId }) => packageId === built.packageId)) await onFabric('installing the contracts', () => peer.install(built.octets));
  const agreement = lifecycle(fabric);
  try {
    const committed = await onFabric('reading the definition of the contracts', () => agreement.committed(CHAINCODE));
    const step = contractsStep(fabric.contracts, fabric.mspId, committed);
    if (step.kind === 'Outdated') return hinder(fabric, committed, contractsProblem(CONTRACTS_OUTDATED, outdated(fabric, committed)));
    await agree(fabric, agreement, step, built.packageId, committed);
  } finally {
    agreement.close();
  }
}

async function agree(fabric: FabricRun, agreement: ChaincodeLifecycle, { sequence, inForce }: Extract<ContractsStep, { kind: 'Approve' }>, packageId: string, committed: CommittedDefinition | undefined): Promise<void> {
  const definition = { name: CHAINCODE, version: definitionVersion(fabric.contracts), sequence };
  if (inForce) await withdraw(fabric, agreement, definition, packageId);
  await approve(fabric, agreement, definition, packageId);
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
  fabric.contractsWait = problem;
  fabric.contractsInForce = committed;
  // What is in force without this institution, its peer does not serve either.
  if (committed?.approvals[fabric.mspId] !== true) fabric.problems.push(problem);
}

function putIntoForce(fabric: FabricRun, { version, sequence }: ChaincodeDefinition): void {
  fabric.contractsInForce = { version, sequence };
}

function hinder(fabric: FabricRun, committed: CommittedDefinition | undefined, problem: ReturnType<typeof contractsProblem>): void {
  fabric.contractsInForce = committed;
  fabric.contractsWait = problem;
  fabric.problems.push(problem);
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

/** Approves once; what was approved is written down afterwards, so that a crash leads to a second approval and not to none. */
async function approve(fabric: FabricRun, agreement: ChaincodeLifecycle, definition: ChaincodeDefinition, packageId: string): Promise<void> {
  const { secrets } = fabric.run.services;
  const { names, channel } = fabric;
  const approval = `${channel}/${definition.sequence}/${packageId}`;
  if ((await secrets.read(names.chaincodePackage))?.[APPROVED] === approval) return;
  await onFabric('approving the definition of the contracts', () => agreement.approve(definition, packageId).catch(ignoreUnchanged));
  fabric.run.ctx.event({ type: 'Normal', reason: 'ContractsApproved', message: `${definition.version}, sequence ${definition.sequence}` });
  await secrets.update(names.chaincodePackage, (values) => ({ ...values, [APPROVED]: approval }));
}

/**
 * A release that went back before the others agreed has changed its mind: Fabric knows no withdrawal, but an approval of
 * something else for the same sequence replaces the former.
 */
async function withdraw(fabric: FabricRun, agreement: ChaincodeLifecycle, definition: ChaincodeDefinition, packageId: string): Promise<void> {
  const noted = (await fabric.run.services.secrets.read(fabric.names.chaincodePackage))?.[APPROVED] ?? '';
  const next = definition.sequence + 1;
  if (!noted.startsWith(`${fabric.channel}/${next}/`)) return;
  await onFabric('withdrawing the approval of other contracts', () => agreement.approve({ ...definition, sequence: next }, packageId).catch(ignoreUnchanged));
}

/** Fabric refuses a second approval that changes nothing, and says so only in its text. */
function ignoreUnchanged(error: unknown): void {
  if (!(error instanceof FabricNetworkError) || !error.message.includes('with unchanged content')) throw error;
}
