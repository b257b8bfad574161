const started = performance.now();

function elapsed(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

/** One line for the person at the terminal. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export interface Step {
  readonly title: string;
  /** Does the work; a returned text is shown beside the title (for instance "already there"). */
  readonly work: () => Promise<string | undefined>;
}

/** Runs the steps one after another and shows `[n/m] title ... (time)` for each. */
export async function runSteps(steps: readonly Step[]): Promise<void> {
  for (const [index, step] of steps.entries()) {
    const from = performance.now();
    const label = `[${index + 1}/${steps.length}] ${step.title}`;
    process.stdout.write(`${label} ...`);
    // A compile takes minutes: a dot now and then says that it is alive.
    const dots = setInterval(() => process.stdout.write('.'), 10_000);
    try {
      const note = await step.work();
      say(` ${note ?? 'done'} (${elapsed(from)})`);
    } catch (error) {
      say(` failed (${elapsed(from)})`);
      throw error;
    } finally {
      clearInterval(dots);
    }
  }
}

/** Seconds since this program started, for the closing line. */
export function totalTime(): string {
  return elapsed(started);
}
