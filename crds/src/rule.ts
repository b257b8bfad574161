import type { z } from 'zod';

/**
 * One rule of a schema, written twice: as CEL for the API server, and as a function for the operator's own guard
 * (a stored object may be older than the rule). A test runs both on the same objects.
 */
export interface Rule<T> {
  /** CEL expression; `oldSelf` makes it a transition rule, which has no `holds`. Absent: too costly for the API server. */
  readonly rule?: string;
  /** Names the field and the fix. */
  readonly message: string;
  /** Path below the schema, as CEL writes it, e.g. `.founding`. */
  readonly fieldPath?: string;
  readonly reason?: 'FieldValueInvalid' | 'FieldValueForbidden' | 'FieldValueRequired';
  readonly holds?: (value: T) => boolean;
}

/** The schema with the rules as checks (for {@link z.ZodType.safeParse}) and as `x-kubernetes-validations` (for the CRD). */
export function withRules<S extends z.ZodType>(schema: S, rules: readonly Rule<z.output<S>>[]): S {
  const checked = schema.superRefine((value, context) => {
    for (const { holds, message, fieldPath } of rules) {
      if (holds !== undefined && !holds(value)) {
        context.addIssue({ code: 'custom', message, path: pathOf(fieldPath) });
      }
    }
  });
  const validations = rules.filter(({ rule }) => rule !== undefined).map(({ rule, message, fieldPath, reason }) => ({
    rule,
    message,
    ...(fieldPath === undefined ? {} : { fieldPath }),
    ...(reason === undefined ? {} : { reason }),
  }));
  return checked.meta({ ...schema.meta(), 'x-kubernetes-validations': validations });
}

function pathOf(fieldPath: string | undefined): string[] {
  return fieldPath === undefined ? [] : fieldPath.split('.').filter((part) => part !== '');
}

/**
 * Transition rules which keep fields as they were first written.
 *
 * @param required - Fields that are always present (required or defaulted).
 * @param optional - Fields that may be absent: setting or removing one later is refused too.
 * @param fix - What to do instead, appended to every message.
 */
export function immutable(required: readonly string[], optional: readonly string[], fix: string): Rule<unknown>[] {
  return [
    ...required.map((field): Rule<unknown> => ({
      rule: `self.${field} == oldSelf.${field}`,
      message: `${field} is immutable: ${fix}`,
      fieldPath: `.${field}`,
      reason: 'FieldValueForbidden',
    })),
    ...optional.map((field): Rule<unknown> => ({
      rule: `has(self.${field}) == has(oldSelf.${field}) && (!has(self.${field}) || self.${field} == oldSelf.${field})`,
      message: `${field} is immutable: ${fix}`,
      reason: 'FieldValueForbidden',
    })),
  ];
}
