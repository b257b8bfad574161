import { OPERATOR_CATALOGUE } from '@collabnet/flow';
import type { Assignment } from '../config/load-job.ts';
import { outputPath } from '../engine/engine-job.ts';
import { CourierError } from '../errors.ts';
import type { FrozenInputs, FrozenRows } from '../input/frozen-input.ts';
import type { Workplace } from '../work/workplace.ts';
import { answerColumns } from '../engine/engine-parameters.ts';
import { artefact } from './artefact.ts';
import { answers } from './answers.ts';
import { figuresTable } from './figures-table.ts';
import { joinedStream } from './joined-stream.ts';
import { keysTable } from './keys-table.ts';
import { modelShare } from './model-share.ts';
import { numberTable, readNumber } from './number-result.ts';
import { CSV_TYPE, type Result } from './result.ts';
import { resultStream } from './result-stream.ts';
import { selectRows } from './selection.ts';
import { valueRows } from './value-rows.ts';

/**
 * Turns what the engine has made into the result that the operator promises its receivers.
 *
 * @throws CourierError RESULT_BELOW_MINIMUM (nothing leaves then), RESULT_INVALID
 */
export async function readResult(assignment: Assignment, frozen: FrozenInputs, place: Workplace): Promise<Result> {
  const { job } = assignment;
  const file = outputPath(assignment, place);
  const rowsFile = place.courier('rows.csv');
  const { result } = OPERATOR_CATALOGUE[job.operator];
  switch (result) {
    case 'Number': {
      const value = await readNumber(file);
      assertLargeEnough(assignment, value);
      return { rows: 1, contentType: CSV_TYPE, blocks: () => [numberTable(value)] };
    }
    case 'OwnRows':
    case 'JoinedRows': {
      const rows = needed(frozen.rows);
      const selection = await selectRows(file, rows, job.operator === 'Difference' ? 'Difference' : 'Intersection');
      assertLargeEnough(assignment, selection.keys);
      const stream = result === 'JoinedRows' ? joinedStream : resultStream;
      return { rows: selection.rows, contentType: CSV_TYPE, blocks: () => stream(rowsFile, rows, selection) };
    }
    case 'Artefact':
      return artefact(file, job);
    case 'Keys': {
      const found = await keysTable(file, assignment.rows?.keys ?? []);
      assertLargeEnough(assignment, found.rows);
      return found;
    }
    case 'Answers':
      return answers(file, rowsFile, needed(frozen.rows), answerColumns(job), job.parameters['join'] === 'Left');
    case 'Values':
      return valueRows(file, rowsFile, needed(frozen.rows), assignment.rows?.keys.length ?? 0);
    case 'Table':
      return figuresTable(file);
    case 'Model':
      return modelShare(file);
  }
}

function assertLargeEnough({ job, output }: Assignment, keys: number): void {
  if (keys >= job.minimumSetSize) return;
  throw new CourierError('RESULT_BELOW_MINIMUM', `outputs.${output.name}: fewer different keys than the minimum set size of ${job.minimumSetSize}; nothing was delivered`);
}

function needed(rows: FrozenRows | undefined): FrozenRows {
  if (rows === undefined) throw new CourierError('JOB_INVALID', 'job.json: outputs: a party that gives no rows can receive none of this operator');
  return rows;
}
