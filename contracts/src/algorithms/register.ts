import { digestOf } from '@collabnet/envelope';
import { checkProgram, FlowError } from '@collabnet/flow';
import { ContractError } from '../core/contract-error.ts';
import { defineMethod } from '../core/method.ts';
import { load, save, stamp } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import { type AlgorithmContent, type AlgorithmRecord, algorithmContentSchema } from './record.ts';

/** Registers a version of an algorithm; members then vote on it. A version never changes. */
export const register = defineMethod('algorithms.register', algorithmContentSchema, (context, content) => {
  const { state, caller, blockTime, height } = context;
  assertProgram(content);
  const key = keys.algorithm(content.name, content.version);
  const digest = digestOf(content);
  const known = load<AlgorithmRecord>(state, key);
  if (known?.digest === digest) return known;
  if (known !== undefined) {
    throw new ContractError('ALREADY_EXISTS', 'version: it is registered with other content; register a new version', {
      field: 'version',
    });
  }
  const record: AlgorithmRecord = {
    ...stamp('algorithm'),
    content,
    digest,
    provider: caller.institution,
    state: 'Registered',
    votes: {},
    registeredAt: blockTime,
    registeredHeight: height,
  };
  save(state, key, record);
  context.emit('algorithms.registered', `${content.name}/${content.version}`, { provider: caller.institution, digest });
  return record;
});

/** What members vote on can be read, and is what engines compute. */
function assertProgram({ operators, program }: AlgorithmContent): void {
  try {
    checkProgram(operators, program);
  } catch (error) {
    if (!(error instanceof FlowError)) throw error;
    throw new ContractError('INVALID_ARGUMENT', error.message, { field: 'program' });
  }
}
