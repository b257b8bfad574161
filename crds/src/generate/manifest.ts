import { API_GROUP, API_VERSION_NAME, CATEGORY } from '../group.ts';
import type { KindDefinition } from '../kinds.ts';
import { structural } from './structural.ts';

export interface CustomResourceDefinition {
  apiVersion: 'apiextensions.k8s.io/v1';
  kind: 'CustomResourceDefinition';
  metadata: { name: string; annotations: Record<string, string>; labels: Record<string, string> };
  spec: { versions: Record<string, unknown>[]; [key: string]: unknown };
}

/** The CRD of a kind. */
export function manifestOf(definition: KindDefinition): CustomResourceDefinition {
  const { kind, plural, singular, shortNames, description, columns } = definition;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${API_GROUP}`, annotations: {}, labels: { 'app.kubernetes.io/part-of': 'collabnet' } },
    spec: {
      group: API_GROUP,
      names: { kind, listKind: `${kind}List`, plural, singular, shortNames: [...shortNames], categories: [CATEGORY] },
      scope: 'Namespaced',
      versions: [
        {
          name: API_VERSION_NAME,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columns.map((column) => ({ ...column })),
          schema: { openAPIV3Schema: rootSchema(definition, description) },
        },
      ],
    },
  };
}

function rootSchema(definition: KindDefinition, description: string): Record<string, unknown> {
  return {
    description,
    type: 'object',
    required: ['spec'],
    properties: {
      apiVersion: { description: 'Version of the schema of this object.', type: 'string' },
      kind: { description: 'Kind of this object.', type: 'string' },
      metadata: { type: 'object' },
      spec: structural(definition.spec, `${definition.kind}.spec`),
      status: structural(definition.status, `${definition.kind}.status`),
    },
    'x-kubernetes-validations': [
      { rule: 'size(self.metadata.name) <= 63', message: 'metadata.name must be at most 63 characters, because it becomes a label' },
    ],
  };
}
