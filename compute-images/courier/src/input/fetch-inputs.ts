import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { OPERATOR_CATALOGUE } from '@collabnet/flow';
import { createSm3 } from '@collabnet/sm';
import type { CourierInput } from '@collabnet/wire';
import type { Assignment } from '../config/load-job.ts';
import { CourierError } from '../errors.ts';
import type { Workplace } from '../work/workplace.ts';
import type { FrozenFile, FrozenInputs, FrozenRows } from './frozen-input.ts';
import { artefactHeader } from './artefact-header.ts';
import { givenRows } from './given-rows.ts';
import { joinedRows } from './joined-rows.ts';
import { KeyOrder } from './key-order.ts';
import { keyedRecords } from './keyed-records.ts';
import { keyedRows } from './keyed-rows.ts';
import { octetsOf, openInput, openRows } from './open-rows.ts';
import { writeRowFiles, type RowForm } from './row-files.ts';

/** Tables and shares of models are far smaller; beyond this something is wrong. */
const largestFile = 1024 ** 3;

/**
 * Reads and freezes all inputs of this party.
 *
 * @throws CourierError DATA_PROXY_*, RESULT_STORE_*, INPUT_BELOW_MINIMUM, INPUT_KEYS_REPEATED
 */
export async function fetchInputs(assignment: Assignment, place: Workplace, signal: AbortSignal): Promise<FrozenInputs> {
  const files: FrozenFile[] = [];
  for (const input of assignment.files) files.push(await fetchFile(assignment, input, place, signal));
  return { rows: assignment.rows && (await fetchRows(assignment, assignment.rows, place, signal)), files };
}

async function fetchRows(assignment: Assignment, input: CourierInput, place: Workplace, signal: AbortSignal): Promise<FrozenRows> {
  const { job } = assignment;
  const { keys, name } = input;
  // A column may be named among the keys and again among the others.
  const rest = input.columns.filter((column) => !keys.includes(column));
  const columns = [...keys, ...rest];
  const options = { keys, columns, engineFile: place.in(`${name}.csv`), rowsFile: place.courier('rows.csv') };
  const order = job.operator === 'Join' ? new KeyOrder() : undefined;
  const frozen = await writeRowFiles(await openRows(assignment, input, columns, signal), options, formOf(assignment, keys, rest, order));
  // Who asks a private query may ask for one person; whether that is answered is for the owner of the answers to grant.
  const asks = job.operator === 'PrivateQuery' && assignment.output.receive;
  if (frozen.keys < job.minimumSetSize && !asks) {
    throw new CourierError('INPUT_BELOW_MINIMUM', `inputs.${name}: fewer different keys than the minimum set size of ${job.minimumSetSize}`);
  }
  if (order !== undefined || (asks && job.parameters['join'] === 'Left')) assertKeysOnce(name, frozen, order === undefined ? 'a left join' : 'a Join');
  return order === undefined ? frozen : { ...frozen, order };
}

/** What the engine gets of the rows. */
function formOf(assignment: Assignment, keys: readonly string[], rest: readonly string[], order: KeyOrder | undefined): RowForm {
  const { job, joined, output } = assignment;
  if (joined) return joinedRows(rest);
  const takes = OPERATOR_CATALOGUE[job.operator].inputs.rows;
  if (takes === 'Given' || takes === 'Gathered') return givenRows(artefactHeader(assignment, [...keys, ...rest]), [...keys, ...rest], keys.length);
  return job.operator === 'PrivateQuery' && !output.receive ? keyedRecords(keys, rest) : keyedRows(keys, order);
}

/** A join lines rows up one to one. Said before anything is exchanged. */
function assertKeysOnce(name: string, { rows, representative }: FrozenRows, what: string): void {
  let repeated = 0;
  for (let row = 0; row < rows; row += 1) if (representative.at(row) >= 0 && representative.at(row) !== row) repeated += 1;
  if (repeated === 0) return;
  throw new CourierError('INPUT_KEYS_REPEATED', `inputs.${name}: ${repeated} rows repeat the key of an earlier one; ${what} needs every key once: name more key columns, or publish an asset with one row a key`);
}

async function fetchFile(assignment: Assignment, input: CourierInput, place: Workplace, signal: AbortSignal): Promise<FrozenFile> {
  const response = await openInput(assignment, input, [], signal);
  const path = place.in(input.name);
  const hash = createSm3();
  let bytes = 0;
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of octetsOf(response)) {
      bytes += chunk.length;
      if (bytes > largestFile) throw new CourierError('INPUT_TOO_LARGE', `inputs.${input.name}: larger than ${largestFile} octets`);
      hash.update(chunk);
      yield chunk;
    }
  }
  await pipeline(counted, createWriteStream(path, { mode: 0o640 }));
  return { input, path, digest: hash.digestHex() };
}
