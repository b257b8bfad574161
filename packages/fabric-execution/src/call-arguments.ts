import { CONTRACTS_VERSION } from '@collabnet/contracts';
import type { SignedTransaction } from '@collabnet/envelope';
import { FabricExecutionError } from './errors.ts';
import type { FabricGenesis } from './found-call.ts';

/** What a proposal asks of the chaincode. `ping` reads and writes nothing; it measures the way there. */
export type CallArguments =
  | { readonly name: 'found'; readonly genesis: FabricGenesis }
  | { readonly name: 'submit'; readonly tx: SignedTransaction; readonly seenHeight: number }
  | { readonly name: 'ping' };

/** Arguments of the proposal, as text. Each invocation names the version of the contracts that its sender runs. */
export function toArguments(call: CallArguments): string[] {
  if (call.name === 'ping') return ['ping'];
  if (call.name === 'found') return ['found', CONTRACTS_VERSION, JSON.stringify(call.genesis)];
  return ['submit', CONTRACTS_VERSION, String(call.seenHeight), JSON.stringify(call.tx)];
}

/**
 * Reads the arguments of a proposal.
 *
 * @throws FabricExecutionError CALL_INVALID, CONTRACTS_MISMATCH, HEIGHT_INVALID
 */
export function fromArguments(args: readonly string[]): CallArguments {
  const [name, version, ...rest] = args;
  if (name === 'ping' && args.length === 1) return { name };
  if (name !== 'found' && name !== 'submit') throw new FabricExecutionError('CALL_INVALID', `function ${JSON.stringify(name)}: call found, submit or ping`);
  if (version !== CONTRACTS_VERSION) {
    throw new FabricExecutionError('CONTRACTS_MISMATCH', `contracts: the call is for version ${version ?? ''}, this chaincode has ${CONTRACTS_VERSION}; run the same version`);
  }
  if (name === 'found' && rest.length === 1) return { name, genesis: parsed<FabricGenesis>(rest[0]) };
  const [height = '', tx = ''] = rest;
  if (name === 'found' || rest.length !== 2) throw new FabricExecutionError('CALL_INVALID', `function ${name}: wrong number of arguments`);
  // One text for one number: no second spelling of the same call.
  if (!/^(0|[1-9]\d{0,15})$/.test(height)) throw new FabricExecutionError('HEIGHT_INVALID', `seen height ${height}: give a decimal number`);
  return { name, tx: parsed<SignedTransaction>(tx), seenHeight: Number(height) };
}

function parsed<T>(text = ''): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new FabricExecutionError('CALL_INVALID', 'the last argument is not JSON');
  }
}
