/** Area under the ROC curve: how often a positive case has the higher score; ties count half. */
export function areaUnderCurve(cases: readonly (readonly [score: number, positive: boolean])[]): number {
  const scores = (positive: boolean): number[] => cases.filter((each) => each[1] === positive).map(([score]) => score);
  const [positives, negatives] = [scores(true), scores(false)];
  let above = 0;
  for (const p of positives) for (const n of negatives) above += p > n ? 1 : p === n ? 0.5 : 0;
  return above / (positives.length * negatives.length);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Pearson's correlation. */
export function correlation(x: readonly number[], y: readonly number[]): number {
  const [mx, my] = [mean(x), mean(y)];
  const covariance = x.reduce((sum, value, at) => sum + (value - mx) * ((y[at] ?? 0) - my), 0);
  const spread = (values: readonly number[], middle: number): number => Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0));
  return covariance / (spread(x, mx) * spread(y, my));
}
