/** How many tests of a suite passed, failed and were skipped. */
export interface SuiteResult {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds?: number;
}

/** A suite in which nothing ran proves nothing and counts as one failure. */
export function withEmptyAsFailure(result: SuiteResult): SuiteResult {
  return result.passed + result.failed === 0 ? { ...result, failed: 1 } : result;
}

/** One line for a suite. */
export function suiteLine({ name, passed, failed, skipped, seconds }: SuiteResult): string {
  const nothing = passed + failed === 0 ? ' (no test was executed)' : '';
  return `${failed === 0 && nothing === '' ? 'ok  ' : 'FAIL'} ${name}: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}${nothing}${seconds === undefined ? '' : ` (${seconds.toFixed(0)} s)`}`;
}

/** The closing line over all suites: exactly `N passed, N failed`. */
export function totalLine(results: readonly SuiteResult[]): string {
  const sum = (pick: (result: SuiteResult) => number): number => results.reduce((total, result) => total + pick(result), 0);
  return `${sum(({ passed }) => passed)} passed, ${sum(({ failed }) => failed)} failed`;
}
