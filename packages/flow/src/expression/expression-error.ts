import { FlowError } from '../error.ts';

/** A formula that cannot be read. @param message names the place and what is expected there */
export function expressionError(message: string): FlowError {
  return new FlowError('EXPRESSION_INVALID', [{ field: 'expression', code: 'PARAMETER', message }]);
}
