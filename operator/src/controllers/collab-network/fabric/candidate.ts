import type { FabricOrganisation } from '@collabnet/contracts';
import { blockFromText, FabricNetworkError, readConfigBlock } from '@collabnet/fabric-network';
import { StalledError } from '../../../runtime/index.ts';
import type { CandidateLedger } from '../join-client.ts';
import { required, type NetworkAccess, type NetworkRun } from '../network-run.ts';
import { newFabricRun } from './fabric-run.ts';
import { installContracts } from './install-contracts.ts';
import { FIRST_BLOCK } from './names.ts';
import { NODES } from './provision.ts';
import { ensureAuthorities } from './steps/ensure-authorities.ts';
import { ensureChaincode } from './steps/ensure-chaincode.ts';

/** Where a candidate will stand in the network. */
export type CandidatePlace = Pick<NetworkAccess, 'networkId' | 'did'>;

/** The organisation on the channel that a candidate asks for. Makes its authorities and nothing else. */
export async function candidateOrganisation(run: NetworkRun, place: CandidatePlace): Promise<FabricOrganisation> {
  const fabric = newFabricRun(run, place);
  await ensureAuthorities(fabric);
  const { mspId, rootCertificates, tlsRootCertificates } = required(fabric.msp, 'msp');
  return { mspId, rootCertificates: [...rootCertificates], tlsRootCertificates: [...tlsRootCertificates], peers: [run.services.fabric.advertised(fabric.peer)] };
}

/**
 * Runs a candidate's peer and contracts, so that they serve when the members let it in: from then on its endorsement
 * counts. Nothing of it knows the channel yet.
 *
 * @throws WaitError until they serve
 */
export async function prepareCandidate(run: NetworkRun, place: CandidatePlace): Promise<void> {
  const fabric = newFabricRun(run, place);
  for (const step of [...NODES, ensureChaincode]) await step(fabric);
  await installContracts(fabric);
  const [problem] = fabric.problems;
  if (problem !== undefined) throw problem;
}

/**
 * Writes down the first block of the channel, with which the own peer joins it.
 *
 * @param ledger on which the host of the network gives it to candidates
 * @throws StalledError FirstBlockInvalid when it begins another channel
 */
export async function keepFirstBlock(run: NetworkRun, place: CandidatePlace, ledger: CandidateLedger): Promise<void> {
  const { names, channel } = newFabricRun(run, place);
  await run.services.secrets.ensure(names.channel, async () => {
    const text = Buffer.from(await required(ledger.firstBlock?.(), 'first block')).toString('base64');
    try {
      readConfigBlock(blockFromText(text), channel);
    } catch (cause) {
      if (!(cause instanceof FabricNetworkError)) throw cause;
      throw new StalledError('FirstBlockInvalid', `the host of the network gave a block that does not begin channel ${channel}: ${cause.message}; ask the institution that invited you`, { cause });
    }
    return { [FIRST_BLOCK]: text };
  });
}
