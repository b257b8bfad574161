import { computeTaskSpecSchema } from '@collabnet/crds';
import { z } from 'zod';
import type { Finding, Path } from './finding.ts';

/** The part of JSON Schema (2020-12) that the spec of a ComputeTask uses. */
export interface SchemaNode {
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
}

let schema: SchemaNode | undefined;

/** What may be written in the spec of a ComputeTask; made once, when first asked for. */
export function taskSpecSchema(): SchemaNode {
  schema ??= z.toJSONSchema(computeTaskSpecSchema, { io: 'input' }) as SchemaNode;
  return schema;
}

/** The part of a schema that a path leads to. */
export function nodeAt(node: SchemaNode, path: Path): SchemaNode | undefined {
  return path.reduce<SchemaNode | undefined>((at, part) => (typeof part === 'number' ? at?.items : at?.properties?.[part]), node);
}

/**
 * Members that the kind does not have, at every depth. The API server would drop them without a word, so that a misspelt
 * optional member would be as if it had never been written. Parameters of operators are left to the operators.
 */
export function unknownMembers(value: unknown, node: SchemaNode = taskSpecSchema(), path: Path = []): Finding[] {
  if (path.at(-1) === 'parameters') return [];
  if (Array.isArray(value)) return node.items === undefined ? [] : value.flatMap((each, i) => unknownMembers(each, node.items, [...path, i]));
  const { properties } = node;
  if (properties === undefined || typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]): Finding[] => {
    const member = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (member !== undefined) return unknownMembers(each, member, [...path, name]);
    return [{ path: [...path, name], message: `there is no such member; there are ${Object.keys(properties).join(', ')}` }];
  });
}

/** The value with the defaults of the kind, as the API server fills them in. */
export function fillDefaults(value: unknown, node: SchemaNode = taskSpecSchema()): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => (node.items === undefined ? each : fillDefaults(each, node.items)));
  const { properties } = node;
  if (properties === undefined || typeof value !== 'object' || value === null) return value;
  const filled: Record<string, unknown> = { ...value };
  for (const [name, member] of Object.entries(properties)) {
    if (filled[name] === undefined && member.default !== undefined) filled[name] = structuredClone(member.default);
    else if (filled[name] !== undefined) filled[name] = fillDefaults(filled[name], member);
  }
  return filled;
}
