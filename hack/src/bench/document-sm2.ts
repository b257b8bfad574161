import type { Sm2Figures } from './performance-figures.ts';

/** The section of docs/performance.md about SM2. */
export function sm2Section(figures: readonly Sm2Figures[]): string {
  const rows = figures.map(({ operation, ours, baseline }) => `| ${operation} | ${ours.toFixed(0)} | ${baseline.toFixed(0)} | ${(baseline / ours).toFixed(2)} |`);
  return `## SM2
| operation | \`packages/sm\`, µs | \`sm-crypto-v2\`, µs | times as quick |
|---|---|---|---|
${rows.join('\n')}

Processor time of one operation, medians, both in turn. \`packages/sm\` computes on \`@noble/curves\` 2 with the curve's parameters, keeps tables of
multiples for keys in use and hashes with \`node:crypto\`. Secret scalars scan the whole table (constant time as far as JavaScript allows), which costs
signing and encrypting; every member verifies each transaction and signs few.

Others that were tried, and why they are not used:
- OpenSSL by \`node:crypto\`: signatures only under the empty user id, ECDH on this curve refuses its own keys (\`ERR_CRYPTO_INVALID_KEYPAIR\`).
- Go \`emmansun/gmsm\`, the quickest seen as a native program: compiled to WebAssembly it is more than 20 times slower than native, and slower than
  this. As a native library it would bring a second runtime into every process.
- Rust \`sm2\`, several times as fast natively: needs a compiler, or a prebuilt binary for each platform, at each member, and makes two
  implementations of what members must agree on bit by bit. No maintained WebAssembly package of SM2 is published.`;
}
