import type { SignedTransaction } from '@collabnet/envelope';
import { toArguments } from '@collabnet/fabric-execution';
import { LedgerError } from '@collabnet/ledger';
import { openConnection } from './connection.ts';
import { endorsementFailure } from './endorsement-failure.ts';
import { DEFAULT_CHAINCODE, type FabricLedgerOptions } from './options.ts';
import { timedProposal } from './timed-proposal.ts';

/**
 * Has a transaction endorsed and does not send it on: what the endorsers say of it, whatever the own replica says.
 *
 * @throws LedgerError with the code of the endorsers' refusal; UNAVAILABLE when they could not be asked
 */
export async function proposeOnly(options: FabricLedgerOptions, tx: SignedTransaction, seenHeight: number): Promise<void> {
  const [endpoint] = options.endpoints;
  if (endpoint === undefined) throw new LedgerError('UNAVAILABLE', 'endpoints: name a peer of the own institution');
  const identity = options.identity();
  const connection = openConnection(endpoint, identity);
  const { channel, chaincode = DEFAULT_CHAINCODE, now = Date.now } = options;
  try {
    await timedProposal(connection.gateway, channel, chaincode, toArguments({ name: 'submit', tx, seenHeight }), now()).endorse();
  } catch (error) {
    const { refusal, message } = endorsementFailure(error, identity.mspId);
    throw new LedgerError(refusal?.code ?? 'UNAVAILABLE', refusal?.message ?? message, { cause: error, field: refusal?.field });
  } finally {
    connection.close();
  }
}
