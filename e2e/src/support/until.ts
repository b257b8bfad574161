const EVERY_MS = 400;

/**
 * Asks again and again until there is an answer.
 *
 * @param missing says what was waited for and what was seen last
 * @throws Error after `timeoutMs`
 */
export async function until<R>(ask: () => Promise<R | undefined | false>, timeoutMs: number, missing: () => string): Promise<R> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`after ${Math.round(timeoutMs / 1000)} s: ${missing()}`);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}
