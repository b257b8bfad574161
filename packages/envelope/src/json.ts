import canonicalize from 'canonicalize';
import { sm3Hex } from '@collabnet/sm';
import { EnvelopeError } from './errors.ts';

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
/** A JSON object. */
export type JsonObject = { [key: string]: Json };

const maxDepth = 64;

/**
 * RFC 8785 canonical form. What JSON cannot say is refused rather than dropped, since a dropped member would be outside
 * the signature.
 * @throws EnvelopeError JSON_UNSUPPORTED for undefined, functions, symbols, bigint, non-finite numbers, class
 * instances, sparse arrays, lone surrogates, cycles or more than 64 levels; the message names the path
 */
export function canonicalJson(value: unknown): string {
  const fault = jsonFault(value, '$', 0);
  if (fault) throw new EnvelopeError('JSON_UNSUPPORTED', `Canonical JSON: ${fault}.`);
  const text = canonicalize(value);
  if (text === undefined) throw new EnvelopeError('JSON_UNSUPPORTED', 'Canonical JSON: $ has no JSON form.');
  return text;
}

/** SM3 of the canonical form, 64 hex digits. @throws EnvelopeError JSON_UNSUPPORTED */
export function digestOf(value: Json): string {
  return sm3Hex(canonicalJson(value));
}

/** Whether {@link canonicalJson} would take the value and it is an object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && jsonFault(value, '$', 0) === undefined;
}

function jsonFault(value: unknown, path: string, depth: number): string | undefined {
  switch (typeof value) {
    case 'boolean':
      return undefined;
    case 'string':
      return value.isWellFormed() ? undefined : `${path} holds a lone surrogate`;
    case 'number':
      return Number.isFinite(value) ? undefined : `${path} is not a finite number`;
    case 'object':
      if (value === null) return undefined;
      return depth >= maxDepth
        ? `${path} is nested deeper than ${maxDepth} levels`
        : containerFault(value, path, depth);
    default:
      return `${path} is of type ${typeof value}; leave the member out or give a JSON value`;
  }
}

function containerFault(value: object, path: string, depth: number): string | undefined {
  if (Array.isArray(value)) {
    // By index, not by iterator: holes must show up as undefined.
    for (let i = 0; i < value.length; i += 1) {
      const fault = jsonFault(value[i], `${path}[${i}]`, depth + 1);
      if (fault) return fault;
    }
    return undefined;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    return `${path} is an instance of a class; give a plain object`;
  if (Object.getOwnPropertySymbols(value).length > 0) return `${path} has symbol members`;
  for (const [key, member] of Object.entries(value)) {
    // JSON.parse makes it an own member, copying code drops it: two readers would see two payloads.
    if (key === '__proto__' || !key.isWellFormed()) return `${path} has a member name that is not allowed`;
    const fault = jsonFault(member, `${path}.${key}`, depth + 1);
    if (fault) return fault;
  }
  return undefined;
}
