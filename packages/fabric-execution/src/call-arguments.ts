import { CONTRACTS_VERSION } from '@collabnet/contracts';
import type { SignedTransaction } from '@collabnet/envelope';
import { FabricExecutionError } from './errors.ts';
import type { FabricGenesis } from './found-call.ts';

/**
 * What a proposal asks of the chaincode. `upgrade` brings the records to the version that the chaincode runs. `ping` reads
 * and writes nothing; it measures the way there.
 */
export type CallArguments =
  | { readonly name: 'found'; readonly genesis: FabricGenesis }
  | { readonly name: 'submit'; readonly tx: SignedTransaction; readonly seenHeight: number }
  | { readonly name: 'upgrade'; readonly seenHeight: number }
  | { readonly name: 'ping' };

/**
 * Arguments of the proposal, as text.
 *
 * @param contracts version of the contracts that it shall be run by, and by no other
 */
export function toArguments(call: CallArguments, contracts = CONTRACTS_VERSION): string[] {
  if (call.name === 'ping') return ['ping'];
  if (call.name === 'found') return ['found', contracts, JSON.stringify(call.genesis)];
  if (call.name === 'upgrade') return ['upgrade', contracts, String(call.seenHeight)];
  return ['submit', contracts, String(call.seenHeight), JSON.stringify(call.tx)];
}

/** The version of the contracts that a call names; undefined where it names none. */
export function contractsOf([name, version]: readonly string[]): string | undefined {
  return name === 'found' || name === 'submit' || name === 'upgrade' ? version : undefined;
}

/**
 * Reads the arguments of a proposal.
 *
 * @param contracts version that this build shall run
 * @throws FabricExecutionError CALL_INVALID, CONTRACTS_MISMATCH, HEIGHT_INVALID
 */
export function fromArguments(args: readonly string[], contracts = CONTRACTS_VERSION): CallArguments {
  const [name, version, ...rest] = args;
  if (name === 'ping' && args.length === 1) return { name };
  if (name !== 'found' && name !== 'submit' && name !== 'upgrade') throw new FabricExecutionError('CALL_INVALID', `function ${JSON.stringify(name)}: call found, submit, upgrade or ping`);
  if (version !== contracts) {
    throw new FabricExecutionError('CONTRACTS_MISMATCH', `contracts: the call is for version ${version ?? ''}, this chaincode has ${contracts}; run the version that the members have put into force`);
  }
  if (name === 'found' && rest.length === 1) return { name, genesis: parsed<FabricGenesis>(rest[0]) };
  const [height = '', tx = ''] = rest;
  if (name === 'found' || rest.length !== (name === 'submit' ? 2 : 1)) throw new FabricExecutionError('CALL_INVALID', `function ${name}: wrong number of arguments`);
  // One text for one number: no second spelling of the same call.
  if (!/^(0|[1-9]\d{0,15})$/.test(height)) throw new FabricExecutionError('HEIGHT_INVALID', `seen height ${height}: give a decimal number`);
  const seenHeight = Number(height);
  return name === 'submit' ? { name, tx: parsed<SignedTransaction>(tx), seenHeight } : { name, seenHeight };
}

function parsed<T>(text = ''): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new FabricExecutionError('CALL_INVALID', 'the last argument is not JSON');
  }
}
