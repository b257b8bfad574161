import type { Labels, LabelSelector } from './policy-types.ts';

/**
 * Whether the labels satisfy a selector (Kubernetes `metav1.LabelSelector`); an empty selector matches all.
 * @throws Error on an operator that Kubernetes does not know, so that nothing is allowed by mistake.
 */
export function matches(selector: LabelSelector, labels: Labels): boolean {
  const exact = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return (
    exact &&
    (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const value = labels[key];
      switch (operator) {
        case 'In':
          return value !== undefined && values.includes(value);
        case 'NotIn':
          return value === undefined || !values.includes(value);
        case 'Exists':
          return value !== undefined;
        case 'DoesNotExist':
          return value === undefined;
        default:
          throw new Error(`label selector operator ${operator} is unknown`);
      }
    })
  );
}
