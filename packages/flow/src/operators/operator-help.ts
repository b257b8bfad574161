import { MPC_PROTOCOLS } from '../vocabulary.ts';
import type { EngineSupport, Operator, ResultKind } from './operator.ts';

/** What a receiver gets, for people. */
export const RESULT_TEXT: Readonly<Record<ResultKind, string>> = {
  OwnRows: 'rows of its own input, with the columns that the step names',
  JoinedRows: 'its own rows, in an order in which the n-th rows of all receivers belong together',
  Answers: 'its own rows whose keys the other party holds, each key once, with the columns of the other',
  Artefact: 'the rows that the other party gave, as they are',
  Keys: 'every key of both parties once, under the names of its own key columns',
  Values: 'the keys of its own rows, and a value for each',
  Number: 'one number, as a table with the column `cardinality`',
  Table: 'a table of figures about all rows',
  Model: 'its share of the model, which only later steps can use',
};

/** What a step takes, for people. */
export function inputsText({ inputs: { rows, table, model } }: Pick<Operator, 'inputs'>): string {
  const parts = [
    ...(rows === 'Keyed' ? ['one table of each party, matched by its keys'] : []),
    ...(rows === 'Joined' ? ['rows that a Join has lined up'] : []),
    ...(rows === 'Given' ? ['one table of one party, an asset or rows that an earlier step made'] : []),
    ...(rows === 'Gathered' ? ['at most one table of each party, an asset or rows that an earlier step made; in the query it has the name of the input'] : []),
    ...(table === undefined ? [] : [`the table of a ${table}, where a parameter needs it`]),
    ...(model === true ? ['the share of a model of each compute party'] : []),
  ];
  return parts.join('; ');
}

/** Protocols of an engine, for people. */
export function protocolsText({ protocol, protocols }: EngineSupport): string {
  return protocol ?? protocols?.join(', ') ?? Object.entries(MPC_PROTOCOLS).map(([trustModel, protocol]) => `${protocol} (${trustModel})`).join(', ');
}
