import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPERATOR_CATALOGUE, OPERATORS, parameterHelp, rangeText, type Operator } from '@collabnet/flow';
import { table } from '../bench/markdown.ts';
import { repositoryRoot } from '../lib/paths.ts';

const NOTE = 'Written by `make generate` from `packages/flow/src/operators`; do not edit.';

/** Pages of docs/operators, by file name. */
export function operatorPages(): Map<string, string> {
  const operators = OPERATORS.map((name) => OPERATOR_CATALOGUE[name]);
  return new Map([['README.md', overview(operators)], ...operators.map((operator): [string, string] => [fileOf(operator), page(operator)])]);
}

/** The task that shows an operator. */
export function exampleOf(name: Operator['name']): string {
  return readFileSync(join(repositoryRoot, 'examples', `${name.toLowerCase()}.yaml`), 'utf8');
}

function fileOf({ name }: Operator): string {
  return `${name.toLowerCase()}.md`;
}

function overview(operators: readonly Operator[]): string {
  const rows = operators.map((operator) => [`[${operator.name}](${fileOf(operator)})`, operator.version, operator.family, Object.keys(operator.engines).join(', '), operator.summary]);
  return `# Operators
${NOTE} The same on the command line: \`kubectl collabnet operators list\` and \`describe NAME\`.

A step of a \`ComputeTask\` names an operator, which says what is computed, and an algorithm of the ledger's register, which says by which engine, image and
protocol. A task that asks an engine for what it cannot do is refused before anybody is asked to consent.

${table(['operator', 'version', 'family', 'engines', 'computes'], rows)}
`;
}

function page(operator: Operator): string {
  const { name, version, summary, result, engines, disclosures } = operator;
  const engineRows = Object.entries(engines).map(([engine, { parties, protocols }]) => [engine, rangeText(parties), protocols.join(', ')]);
  return `# ${name} ${version}
${NOTE}

${summary} A receiver gets ${result === 'Number' ? 'one number, as a table with the column `cardinality`' : 'rows of its own input, with the columns that the step names'}.

## Parameters
${table(['parameter', 'values', 'default', 'meaning'], parameterHelp(operator).map((each) => [`\`${each.name}\``, each.values, each.default, each.description]))}

## Engines
${table(['engine', 'compute parties', 'protocols'], engineRows)}

## Who learns what, beside the result
${table(['who', 'learns'], disclosures.map(({ who, learns }) => [who, learns]))}

All parties are taken to be semi-honest: they follow the protocol and try to learn what they can from what they see. A result that is smaller than the largest minimum set
size of network, assets and grants is delivered to nobody. Key columns pair up by position and may have other names at each party; rows without a complete key equal nobody's.

## Example
In [examples](../../examples/README.md), for the network of \`make demo\`:
\`\`\`yaml
${exampleOf(name).trimEnd()}
\`\`\`
`;
}
