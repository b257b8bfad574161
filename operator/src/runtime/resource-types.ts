import type { ResourceType } from './kube-types.ts';

function type(group: string, version: string, kind: string, plural: string, namespaced = true): ResourceType {
  return Object.freeze({ group, version, kind, plural, namespaced });
}

/** The built-in kinds that the operator touches. */
export const CORE = Object.freeze({
  pod: type('', 'v1', 'Pod', 'pods'),
  secret: type('', 'v1', 'Secret', 'secrets'),
  configMap: type('', 'v1', 'ConfigMap', 'configmaps'),
  service: type('', 'v1', 'Service', 'services'),
  serviceAccount: type('', 'v1', 'ServiceAccount', 'serviceaccounts'),
  persistentVolumeClaim: type('', 'v1', 'PersistentVolumeClaim', 'persistentvolumeclaims'),
  namespace: type('', 'v1', 'Namespace', 'namespaces', false),
  node: type('', 'v1', 'Node', 'nodes', false),
  deployment: type('apps', 'v1', 'Deployment', 'deployments'),
  statefulSet: type('apps', 'v1', 'StatefulSet', 'statefulsets'),
  replicaSet: type('apps', 'v1', 'ReplicaSet', 'replicasets'),
  job: type('batch', 'v1', 'Job', 'jobs'),
  networkPolicy: type('networking.k8s.io', 'v1', 'NetworkPolicy', 'networkpolicies'),
  podDisruptionBudget: type('policy', 'v1', 'PodDisruptionBudget', 'poddisruptionbudgets'),
  lease: type('coordination.k8s.io', 'v1', 'Lease', 'leases'),
  event: type('events.k8s.io', 'v1', 'Event', 'events'),
  customResourceDefinition: type(
    'apiextensions.k8s.io',
    'v1',
    'CustomResourceDefinition',
    'customresourcedefinitions',
    false,
  ),
});

/** Describes a namespaced custom kind. */
export function customType(group: string, version: string, kind: string, plural: string): ResourceType {
  return type(group, version, kind, plural);
}

/** URL path of a collection or an object. Names are percent-encoded, so they cannot leave their segment. */
export function resourcePath(
  resource: ResourceType,
  target: { namespace?: string | undefined; name?: string | undefined; subresource?: string | undefined } = {},
): string {
  const parts = resource.group === '' ? ['api', resource.version] : ['apis', resource.group, resource.version];
  if (resource.namespaced && target.namespace !== undefined) parts.push('namespaces', target.namespace);
  parts.push(resource.plural);
  if (target.name !== undefined) parts.push(target.name);
  if (target.subresource !== undefined) parts.push(target.subresource);
  return `/${parts.map(encodeURIComponent).join('/')}`;
}
