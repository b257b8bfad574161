import type { Condition, KubeObject, Resource, ResourceType } from '../runtime/kube-types.ts';
import { customType } from '../runtime/resource-types.ts';

/** A kind that exists only in tests of the runtime. */
export type Widget = Resource<
  { size?: number; text?: string; suspend?: boolean },
  { observedGeneration?: number; conditions?: Condition[]; phase?: string; runs?: number }
>;

export const WIDGET: ResourceType = customType('test.collabnet.dev', 'v1', 'Widget', 'widgets');

export const widgetCrd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.test.collabnet.dev' },
  spec: {
    group: WIDGET.group,
    names: { kind: WIDGET.kind, plural: WIDGET.plural, singular: 'widget', listKind: 'WidgetList' },
    scope: 'Namespaced',
    versions: [
      {
        name: WIDGET.version,
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: { size: { type: 'integer' }, text: { type: 'string' }, suspend: { type: 'boolean' } },
              },
              status: {
                type: 'object',
                properties: {
                  observedGeneration: { type: 'integer' },
                  phase: { type: 'string' },
                  runs: { type: 'integer' },
                  conditions: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['type'],
                    items: {
                      type: 'object',
                      required: ['type', 'status', 'reason', 'lastTransitionTime'],
                      properties: {
                        type: { type: 'string' },
                        status: { type: 'string' },
                        reason: { type: 'string' },
                        message: { type: 'string' },
                        lastTransitionTime: { type: 'string', format: 'date-time' },
                        observedGeneration: { type: 'integer' },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
} as KubeObject;
