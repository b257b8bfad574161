import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inputsText, OPERATOR_CATALOGUE, OPERATORS, parameterHelp, protocolsText, rangeText, RESULT_TEXT, type Operator } from '@collabnet/flow';
import { table } from '../bench/markdown.ts';
import { repositoryRoot } from '../lib/paths.ts';

const NOTE = 'Written by `make generate` from `packages/flow/src/operators`; do not edit.';

/** Pages of docs/operators, by file name. */
export function operatorPages(): Map<string, string> {
  const operators = OPERATORS.map((name) => OPERATOR_CATALOGUE[name]);
  return new Map([['README.md', overview(operators)], ...operators.map((operator): [string, string] => [fileOf(operator), page(operator)])]);
}

/** Operators that are shown together, in one task. */
const SHARED: Readonly<Partial<Record<Operator['name'], string>>> = {
  PrivateQuery: 'private-query',
  SqlQuery: 'sql-query',
  Join: 'statistics',
  CrossTable: 'cross-table',
  Binning: 'credit-scoring',
  Regression: 'credit-scoring',
  GradientBoosting: 'boosted-trees',
  KMeans: 'clusters',
  Predict: 'credit-scoring',
  Evaluate: 'credit-scoring',
  Explain: 'credit-scoring',
};

function exampleFile(name: Operator['name']): string {
  return `${SHARED[name] ?? name.toLowerCase()}.yaml`;
}

/** The task that shows an operator. */
export function exampleOf(name: Operator['name']): string {
  return readFileSync(join(repositoryRoot, 'examples', exampleFile(name)), 'utf8');
}

/** The whole task, or of a longer one the first step with the operator. */
function excerpt(name: Operator['name']): string {
  const steps = exampleOf(name).split(/^(?= {4}- name: \S+\n)/m);
  const found = steps.filter((step) => step.includes(`operator: ${name}\n`));
  return (steps.length === 2 ? exampleOf(name) : (found[0] ?? '')).trimEnd();
}

function fileOf({ name }: Operator): string {
  return `${name.toLowerCase()}.md`;
}

function overview(operators: readonly Operator[]): string {
  const rows = operators.map((operator) => [`[${operator.name}](${fileOf(operator)})`, operator.version, operator.family, Object.keys(operator.engines).join(', '), operator.summary]);
  return `# Operators
${NOTE} The same on the command line: \`kubectl collabnet operators list\` and \`describe NAME\`.

A step of a \`ComputeTask\` names an operator, which says what is computed, and an algorithm of the ledger's register, which says by which engine, image and
protocol. A task that asks an engine for what it cannot do is refused before anybody is asked to consent. Rows that both have are a \`Join\`; a left join that brings the
receiver columns of the other is a \`PrivateQuery\` with \`join: Left\`; a full join is a \`SqlQuery\`.

${table(['operator', 'version', 'family', 'engines', 'computes'], rows)}
`;
}

function page(operator: Operator): string {
  const { name, version, summary, result, trustModels, engines, disclosures } = operator;
  const engineRows = Object.entries(engines).map(([engine, support]) => [engine, rangeText(support.parties), protocolsText(support)]);
  const parameters = parameterHelp(operator).map((each) => [`\`${each.name}\``, each.values, each.default, each.description]);
  return `# ${name} ${version}
${NOTE}

${summary} A receiver gets ${RESULT_TEXT[result]}.
Takes ${inputsText(operator)}. Trust models: ${trustModels.join(', ')}.

## Parameters
${parameters.length === 0 ? 'None.' : table(['parameter', 'values', 'default', 'meaning'], parameters)}

## Engines
${table(['engine', 'compute parties', 'protocols'], engineRows)}

## Who learns what, beside the result
${table(['who', 'learns'], disclosures.map(({ who, learns }) => [who, learns]))}

All parties are taken to be semi-honest: they follow the protocol and try to learn what they can from what they see. A result that is smaller than the largest minimum set
size of network, assets and grants is delivered to nobody. Key columns pair up by position and may have other names at each party; rows without a complete key equal nobody's.

## Example
From [${exampleFile(name)}](../../examples/${exampleFile(name)}), for the network of \`make demo\`:
\`\`\`yaml
${excerpt(name)}
\`\`\`
`;
}
