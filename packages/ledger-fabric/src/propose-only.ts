import type { Gateway, Proposal } from '@hyperledger/fabric-gateway';
import type { SignedTransaction } from '@collabnet/envelope';
import { toArguments } from '@collabnet/fabric-execution';
import { LedgerError } from '@collabnet/ledger';
import { openConnection } from './connection.ts';
import { endorsementFailure } from './endorsement-failure.ts';
import { DEFAULT_CHAINCODE, type FabricLedgerOptions } from './options.ts';
import { timedProposal } from './timed-proposal.ts';
import { validationCode } from './validation-code.ts';

type Endorsed = Awaited<ReturnType<Proposal['endorse']>>;

/**
 * Has a transaction endorsed and does not send it on: what the endorsers say of it, whatever the own replica says.
 *
 * @throws LedgerError with the code of the endorsers' refusal; UNAVAILABLE when they could not be asked
 */
export function proposeOnly(options: FabricLedgerOptions, tx: SignedTransaction, seenHeight: number): Promise<void> {
  return connected(options, async (gateway) => {
    await endorse(gateway, options, tx, seenHeight);
  });
}

/**
 * Has a transaction endorsed by these organisations and no other, and sends it on, whatever the own replica says.
 *
 * @param organisations MSP ids
 * @returns what peers make of it: `VALID`, or why they do not apply it, as in Fabric's TxValidationCode
 * @throws LedgerError as {@link proposeOnly}
 */
export function submitEndorsedBy(options: FabricLedgerOptions, organisations: readonly string[], tx: SignedTransaction, seenHeight: number): Promise<string> {
  return connected(options, async (gateway) => {
    const sent = await (await endorse(gateway, options, tx, seenHeight, organisations)).submit();
    return validationCode((await sent.getStatus()).code);
  });
}

async function connected<T>(options: FabricLedgerOptions, work: (gateway: Gateway) => Promise<T>): Promise<T> {
  const [endpoint] = options.endpoints();
  if (endpoint === undefined) throw new LedgerError('UNAVAILABLE', 'endpoints: name a peer of the own institution');
  const connection = openConnection(endpoint, options.identity());
  try {
    return await work(connection.gateway);
  } finally {
    connection.close();
  }
}

async function endorse(gateway: Gateway, options: FabricLedgerOptions, tx: SignedTransaction, seenHeight: number, organisations?: readonly string[]): Promise<Endorsed> {
  const { channel, chaincode = DEFAULT_CHAINCODE, now = Date.now } = options;
  try {
    return await timedProposal(gateway, channel, chaincode, toArguments({ name: 'submit', tx, seenHeight }), now(), organisations).endorse();
  } catch (error) {
    const { refusal, message } = endorsementFailure(error, options.identity().mspId);
    throw new LedgerError(refusal?.code ?? 'UNAVAILABLE', refusal?.message ?? message, { cause: error, field: refusal?.field });
  }
}
