import type { Validation } from '@collabnet/crds';

/** Turns a kind's validation into a reconciler's guard: the problems, or nothing. */
export function guardBy<T>(validate: (object: unknown) => Validation<T>): (object: T) => readonly string[] | undefined {
  return (object) => {
    const checked = validate(object);
    return checked.ok ? undefined : checked.errors;
  };
}
