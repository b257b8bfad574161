/** What a worker asks of committed state. */
export type ReadRequest = { readonly get: string } | { readonly getAll: readonly string[] } | { readonly range: { readonly start: string; readonly end: string; readonly limit: number } };

/** The answer, in the order of the keys; `failed` where the peer could not be asked. */
export type ReadAnswer = { readonly text: string | undefined } | { readonly texts: readonly (string | undefined)[] } | { readonly entries: { key: string; text: string }[] } | { readonly failed: string };

/** A read under its number: a worker takes no answer for that of another read. */
export interface Numbered<T> {
  readonly id: number;
  readonly body: T;
}

/** Place of the signal that counts the answers; the worker sleeps on it. */
export const ANSWERED = 0;
