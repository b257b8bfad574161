import { computeParties } from './compute-parties.ts';
import type { FlowIssue } from './issue.ts';
import { OPERATOR_CATALOGUE, parameterIssues } from './operators/catalogue.ts';
import { isWithin, rangeText } from './party-range.ts';
import type { FlowSpec, FlowStep } from './spec.ts';
import { PSI_PROTOCOLS, REFUSED_PROTOCOLS } from './vocabulary.ts';

/** What the trust model and the operator demand of a step. */
export function checkOperator(spec: FlowSpec): FlowIssue[] {
  return spec.steps.flatMap((step, s) => {
    const at = `steps[${s}]`;
    return [...checkTrustModel(at, spec, step), ...checkParameters(at, step), ...checkParties(at, step), ...checkOutputs(at, step)];
  });
}

function checkTrustModel(at: string, { trustModel }: FlowSpec, { roles, operator }: FlowStep): FlowIssue[] {
  const { trustModels } = OPERATOR_CATALOGUE[operator];
  if (!trustModels.includes(trustModel)) {
    return [{ field: 'trustModel', code: 'TRUST_MODEL', message: `${at} is a ${operator}, which has no protocol for ${trustModel}; it has for ${trustModels.join(' and ')}` }];
  }
  const range = computeParties(trustModel, operator);
  const parties = roles.compute.length;
  if (isWithin(range, parties)) return [];
  return [{ field: `${at}.roles.compute`, code: 'COMPUTE_PARTIES', message: `${trustModel} needs ${rangeText(range)} compute parties, not ${parties}` }];
}

function checkParameters(at: string, { operator, parameters }: FlowStep): FlowIssue[] {
  const { protocol } = parameters;
  if (typeof protocol === 'string' && REFUSED_PROTOCOLS.some((refused) => refused === protocol.toUpperCase())) {
    const message = `${protocol} relies on one party for all randomness and is refused; use ${PSI_PROTOCOLS.join(' or ')}`;
    return [{ field: `${at}.parameters.protocol`, code: 'PROTOCOL_REFUSED', message }];
  }
  return parameterIssues(operator, parameters, `${at}.parameters`);
}

/** Sets are matched where they are; on shares others can compute too. Results appear where it is computed. */
function checkParties(at: string, { inputs, roles, operator }: FlowStep): FlowIssue[] {
  const owners = [...new Set(inputs.map((input) => input.party))].sort();
  const compute = [...roles.compute].sort();
  const issues: FlowIssue[] = roles.receivers.flatMap((alias, i): FlowIssue[] =>
    roles.compute.includes(alias)
      ? []
      : [{ field: `${at}.roles.receivers[${i}]`, code: 'RECEIVERS', message: `the result appears at the compute parties; name one of ${compute.join(' and ')} or compute at "${alias}" too` }],
  );
  const keyed = OPERATOR_CATALOGUE[operator].inputs.rows === 'Keyed';
  const fits = keyed ? owners.join() === compute.join() : owners.every((owner) => compute.includes(owner));
  if (fits) return issues;
  const wanted = keyed ? `exactly ${owners.join(' and ')}` : `${owners.join(' and ')} among others`;
  return [...issues, { field: `${at}.roles.compute`, code: 'COMPUTE_PARTIES', message: `the step runs at the parties that own its inputs; name ${wanted}` }];
}

/** One output each; what is of use only to all of them goes to all. */
function checkOutputs(at: string, { operator, outputs, roles }: FlowStep): FlowIssue[] {
  if (outputs.length !== 1) {
    return [{ field: `${at}.outputs`, code: 'OUTPUT_COUNT', message: `${operator} has exactly one output; name all who get it as its receivers` }];
  }
  const { result } = OPERATOR_CATALOGUE[operator];
  const missing = roles.compute.filter((party) => !roles.receivers.includes(party));
  if (missing.length === 0 || (result !== 'JoinedRows' && result !== 'Model')) return [];
  const why = result === 'Model' ? 'each compute party keeps its part of the model' : 'a join lines the rows up at all parties';
  return [{ field: `${at}.roles.receivers`, code: 'RECEIVERS', message: `${why}; add ${missing.join(' and ')}` }];
}
