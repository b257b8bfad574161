/** What a worker asks of committed state. */
export type ReadRequest = { readonly get: string } | { readonly range: { readonly start: string; readonly end: string; readonly limit: number } };

/** The answer; `failed` where the peer could not be asked. */
export type ReadAnswer = { readonly text: string | undefined } | { readonly entries: { key: string; text: string }[] } | { readonly failed: string };

/** Set to 1 when an answer lies ready; the worker sleeps on it. */
export const ANSWERED = 0;
