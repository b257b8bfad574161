import { z } from 'zod';
import type { Operator } from './operator.ts';

/** One parameter, as people are told about it. */
export interface ParameterHelp {
  readonly name: string;
  /** Values that it can take. */
  readonly values: string;
  readonly default: string;
  readonly description: string;
}

interface Property {
  readonly enum?: readonly string[];
  readonly type?: string;
  readonly default?: string | number | boolean;
  readonly description?: string;
}

/** Parameters of an operator, from their schema. */
export function parameterHelp({ parameters }: Operator): ParameterHelp[] {
  const { properties = {}, required = [] } = z.toJSONSchema(parameters, { io: 'input' }) as { properties?: Record<string, Property>; required?: string[] };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    values: property.enum?.join(', ') ?? property.type ?? '',
    default: required.includes(name) ? 'required' : String(property.default ?? 'none'),
    description: property.description ?? '',
  }));
}
