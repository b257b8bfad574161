import type { Question } from './engine-pair.ts';

/** Two engines that answer the same question, in turn in one run. */
export interface Comparison {
  readonly title: string;
  readonly ours: Question;
  readonly other: Question;
}

const sets = (operation: string, curve: string, rows: number): Question => ({ engine: 'sets', parameters: { operation, curve }, rows });
const spu = (parameters: Record<string, unknown>, rows: number): Question => ({ engine: 'spu', parameters: { join: 'Intersection', broadcast: false, ...parameters }, rows });

/** What is compared; `share` of the usual rows, for a quick run. */
export function comparisons(share = 1): Comparison[] {
  const [few, many] = [Math.round(10_000 * share), Math.round(200_000 * share)].map((rows) => rows + (rows % 2)) as [number, number];
  return [
    { title: 'Intersection, ECDH over the curve of SM2', ours: sets('Intersection', 'SM2', few), other: spu({ protocol: 'ECDH', curve: 'SM2' }, few) },
    { title: 'Intersection, ECDH over Curve25519', ours: sets('Intersection', 'RISTRETTO255', many), other: spu({ protocol: 'ECDH', curve: '25519' }, many) },
    { title: 'Intersection, ECDH over Curve25519, beside RR22', ours: sets('Intersection', 'RISTRETTO255', many), other: spu({ protocol: 'RR22' }, many) },
  ];
}
