import { createHash } from 'node:crypto';
import { CORE, WaitError, type KubeObject } from '../../../../runtime/index.ts';
import { required } from '../../network-run.ts';
import { ownIssuers } from '../certificate-issuers.ts';
import { earliestEnd, keepCertificates } from '../certificates.ts';
import { chaincodePackage, workloadVersion } from '../chaincode-package.ts';
import { chaincodeDeployment, chaincodeName, chaincodeService, type ChaincodePlan } from '../chaincode-workload.ts';
import { CHAINCODE_NOT_READY } from '../contracts-problem.ts';
import type { FabricRun } from '../fabric-run.ts';

const START_RECHECK_MS = 2_000;

/** Runs the contracts beside the peer. While they do not serve, nothing can be submitted, but the ledger can be read. */
export async function ensureChaincode(fabric: FabricRun): Promise<void> {
  const { run } = fabric;
  const plan = await planOf(fabric);
  await run.ctx.applier.apply(CORE.service, chaincodeService(plan), { owner: run.network });
  const { object } = await run.ctx.applier.apply(CORE.deployment, chaincodeDeployment(plan), { owner: run.network });
  const { status } = object as KubeObject & { status?: { readyReplicas?: number } };
  if ((status?.readyReplicas ?? 0) < 1) fabric.problems.push(new WaitError(CHAINCODE_NOT_READY, `Deployment ${chaincodeName(plan)} has no ready pod`, START_RECHECK_MS));
}

async function planOf(fabric: FabricRun): Promise<ChaincodePlan> {
  const { run, networkId } = fabric;
  const version = workloadVersion(fabric);
  const tlsSecret = chaincodeName({ network: run.network, version });
  const { config, secrets, fabric: addresses } = run.services;
  const { contracts } = required(fabric.authorities, 'authorities');
  const { host } = addresses.chaincode(run.network, version);
  const issues = { tls: ownIssuers({ identity: contracts, tls: contracts }, run.ctx.clock.now()).tls(tlsSecret, [host]) };
  const values = await keepCertificates(secrets, tlsSecret, issues, { 'ca.crt': contracts.certificatePem });
  fabric.expires = Math.min(fabric.expires, earliestEnd([values['tls.crt'] ?? '']));
  return {
    network: run.network,
    networkId,
    version,
    packageId: (await chaincodePackage(fabric)).packageId,
    config,
    replicas: config.fabric.chaincode.replicas,
    resources: config.fabric.chaincode.resources,
    tlsSecret,
    startDigest: createHash('sha256').update(values['tls.crt'] ?? '').digest('hex').slice(0, 32),
  };
}
