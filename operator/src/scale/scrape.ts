/** One line of a Prometheus text. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads the Prometheus text format as `prom-client` writes it. */
export function readMetrics(text: string): Sample[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .flatMap((line) => {
      const parts = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line);
      if (parts === null) return [];
      const pairs = [...(parts[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name = '', value = '']) => [name, value] as const);
      return [{ name: parts[1] ?? '', labels: Object.fromEntries(pairs), value: Number(parts[3]) }];
    });
}

/** Sum of all samples whose name ends so and which have these labels. */
export function total(samples: readonly Sample[], suffix: string, labels: Readonly<Record<string, string>> = {}): number {
  return samples.filter((sample) => sample.name.endsWith(suffix) && Object.entries(labels).every(([name, value]) => sample.labels[name] === value)).reduce((sum, { value }) => sum + value, 0);
}
