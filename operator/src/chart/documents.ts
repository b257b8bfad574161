import { z } from 'zod';
import { chartValues } from './values.ts';

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** JSON Schema of the chart's values, as Helm reads it. */
function valuesSchema(): Schema {
  return z.toJSONSchema(chartValues, { target: 'draft-7', io: 'input' }) as Schema;
}

/** Text of `charts/institution/values.schema.json`. */
export function valuesSchemaText(): string {
  return `${JSON.stringify(valuesSchema(), undefined, 2)}\n`;
}

/** Text of `charts/institution/README.md`. */
export function chartReadme(): string {
  return `# Helm chart \`institution\`
Installs one institution into a namespace: operator, NATS server, result store, NetworkPolicies, and on request the hub.
The CRDs come from the chart \`collabnet-crds\`, once per cluster. The namespace should enforce Pod Security \`restricted\`.

\`\`\`sh
helm upgrade --install collabnet-crds charts/collabnet-crds --namespace collabnet-system --create-namespace
helm upgrade --install institution charts/institution --namespace bank-a --values my-values.yaml
helm uninstall institution --namespace bank-a      # tells the other institutions; keys and read records stay
\`\`\`

## Values
Defaults and their reasons are in \`values.yaml\`. This file and \`values.schema.json\` are written by \`make generate\` from
\`operator/src/chart/values.ts\`; Helm refuses values that do not fit.

| value | type | meaning |
|---|---|---|
${rows(valuesSchema(), '').join('\n')}
`;
}

function rows({ properties = {} }: Schema, prefix: string): string[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const path = `${prefix}${name}`;
    return schema.properties ? rows(schema, `${path}.`) : [`| \`${path}\` | ${typeOf(schema)} | ${(schema.description ?? '').replaceAll('|', '\\|')} |`];
  });
}

function typeOf(schema: Schema): string {
  if (schema.enum) return schema.enum.map((word) => `\`${String(word)}\``).join(', ');
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(' or ');
  if (schema.type === 'array') return `list of ${schema.items ? typeOf(schema.items) : 'any'}`;
  return schema.type ?? 'string';
}
