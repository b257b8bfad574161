import { z } from 'zod';

/** A structural schema as the API server accepts it. */
export interface StructuralSchema {
  [keyword: string]: unknown;
  type?: string;
  properties?: Record<string, StructuralSchema>;
  items?: StructuralSchema;
  additionalProperties?: StructuralSchema | boolean;
}

const FORBIDDEN = ['$ref', 'oneOf', 'anyOf', 'allOf', 'not', 'nullable', 'const'];
const SAFE_INTEGERS = [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
/** Keys come out in this order, so that a reader meets the description first and diffs stay small. */
const ORDER = ['description', 'type', 'format', 'default', 'enum', 'pattern', 'minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems'];
const LAST = ['items', 'properties', 'required', 'additionalProperties'];

/**
 * JSON schema of a zod schema, reduced to what a CRD may say.
 *
 * @throws Error naming the path, when zod produced something that is not structural (a union, a reference).
 */
export function structural(schema: z.ZodType, path: string): StructuralSchema {
  return clean(z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input' }) as StructuralSchema, path);
}

function clean(schema: StructuralSchema, path: string): StructuralSchema {
  for (const keyword of FORBIDDEN) {
    if (keyword in schema) throw new Error(`${path}: '${keyword}' is not structural; write optional siblings and a CEL rule instead`);
  }
  if (schema.type === undefined) throw new Error(`${path}: has no type; a structural schema needs one everywhere`);
  const result: StructuralSchema = {};
  for (const key of Object.keys(schema).sort(byOrder)) {
    const value = keyword(key, schema, path);
    if (value !== undefined) result[key] = value;
  }
  if (result.type === 'integer') result.format = 'int64';
  return result;
}

function keyword(key: string, schema: StructuralSchema, path: string): unknown {
  const value = schema[key];
  switch (key) {
    case '$schema':
    case 'propertyNames':
      return undefined;
    case 'minimum':
    case 'maximum':
      return SAFE_INTEGERS.includes(value as number) ? undefined : value;
    case 'minLength':
    case 'minItems':
      return value === 0 ? undefined : value;
    case 'properties':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, property]) => [name, clean(property, `${path}.${name}`)]),
      );
    case 'items':
      return clean(value as StructuralSchema, `${path}[]`);
    case 'additionalProperties':
      // Closed objects are what pruning does anyway; an open value is said by preserve-unknown-fields.
      return value === false || schema['x-kubernetes-preserve-unknown-fields'] === true ? undefined : clean(value as StructuralSchema, `${path}.*`);
    default:
      return value;
  }
}

function byOrder(left: string, right: string): number {
  return rank(left) - rank(right) || (left < right ? -1 : 1);
}

function rank(key: string): number {
  const first = ORDER.indexOf(key);
  if (first >= 0) return first;
  const last = LAST.indexOf(key);
  return last >= 0 ? 200 + last : 100;
}
