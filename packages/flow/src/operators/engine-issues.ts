import type { FlowIssue } from '../issue.ts';
import { isWithin, rangeText } from '../party-range.ts';
import type { FlowStep } from '../spec.ts';
import { OPERATOR_CATALOGUE } from './catalogue.ts';
import type { EngineName } from './operator.ts';

/**
 * What of a step the engine of its algorithm cannot do.
 *
 * @param at path of the step, such as `steps[0]`
 */
export function engineIssues(engine: EngineName, step: Pick<FlowStep, 'operator' | 'parameters' | 'roles'>, at: string): FlowIssue[] {
  const operator = OPERATOR_CATALOGUE[step.operator];
  const support = operator.engines[engine];
  if (support === undefined) {
    const able = Object.keys(operator.engines).join(' or ');
    return [{ field: `${at}.operator`, code: 'ENGINE', message: `engine ${engine} has no ${operator.name}; name an algorithm of engine ${able}` }];
  }
  const issues: FlowIssue[] = [];
  const parties = step.roles.compute.length;
  if (!isWithin(support.parties, parties)) {
    const message = `${operator.name} of engine ${engine} takes ${rangeText(support.parties)} compute parties, not ${parties}`;
    issues.push({ field: `${at}.roles.compute`, code: 'ENGINE', message });
  }
  const { protocol } = step.parameters;
  if (support.protocols !== undefined && !support.protocols.some((each) => each === protocol)) {
    issues.push({ field: `${at}.parameters.protocol`, code: 'ENGINE', message: `engine ${engine} has not ${String(protocol)}; use ${support.protocols.join(' or ')}` });
  }
  return issues;
}
