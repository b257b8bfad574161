import type { Finding, Path } from './finding.ts';

/** Whether a value of a YAML file is a map. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a runtime expression looks like (DSL 1.0 schema, runtimeExpression). */
const EXPRESSION = /^\s*\$\{[^]+\}\s*$/;

/** Runtime expressions, at every depth: nobody could consent to what they will say. */
export function expressions(value: unknown, path: Path): Finding[] {
  if (typeof value === 'string') return EXPRESSION.test(value) ? [{ path, message: 'is a runtime expression; write the value itself, which everybody consents to' }] : [];
  if (Array.isArray(value)) return value.flatMap((each, i) => expressions(each, [...path, i]));
  return isMap(value) ? Object.entries(value).flatMap(([name, each]) => expressions(each, [...path, name])) : [];
}
