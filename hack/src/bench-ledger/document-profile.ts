import { table } from '../bench/markdown.ts';
import type { LedgerFigures } from './ledger-figures.ts';

/** What a call's time is spent on, with SM2 apart. */
export function profileSection({ profile, sm2, throughput }: LedgerFigures): string {
  if (profile === undefined) return '';
  const kinds = [...new Set([...Object.keys(profile.driver), ...Object.keys(profile.chaincode)])].sort((one, other) => (profile.chaincode[other] ?? 0) - (profile.chaincode[one] ?? 0));
  const sum = (shares: Readonly<Record<string, number>>): number => Object.values(shares).reduce((total, time) => total + time, 0);
  const cell = (shares: Readonly<Record<string, number>>, kind: string): string => `${(shares[kind] ?? 0).toFixed(2)} (${(((shares[kind] ?? 0) / sum(shares)) * 100).toFixed(0)} %)`;
  return `## Where the time of a call goes
${table(
  ['CPU time of one call, ms', 'driver', 'one chaincode'],
  [...kinds.map((kind) => [kind, cell(profile.driver, kind), cell(profile.chaincode, kind)]), ['all', sum(profile.driver).toFixed(2), sum(profile.chaincode).toFixed(2)]],
)}

Sampled once a millisecond over ${profile.calls} calls of \`catalogue.publish\`, by the innermost frame that says what it is for; sampling itself is in it, waiting is not.
${share(profile, throughput)}

${sm2Table(sm2)}

${why()}`;
}

function share(profile: NonNullable<LedgerFigures['profile']>, throughput: LedgerFigures['throughput']): string {
  const sm2 = (profile.driver['SM2 and SM3'] ?? 0) + 2 * (profile.chaincode['SM2 and SM3'] ?? 0);
  const all = Object.values(throughput?.[0]?.write.contract.cpuPerCall ?? {}).reduce((total, time) => total + time, 0);
  if (all === 0) return '';
  return `SM2 and SM3 in driver and both chaincodes are ${sm2.toFixed(1)} ms of the ${all.toFixed(1)} ms that all programs spend on a call with one orderer: **${((sm2 / all) * 100).toFixed(0)} %**.`;
}

function sm2Table(sm2: LedgerFigures['sm2']): string {
  const verify = sm2?.find(({ operation }) => operation === 'verify, key in use');
  return `${table(
    ['SM2 in chaincode', 'a verification, µs', 'in use'],
    [
      ['`packages/sm` on `@noble/curves` 2, tables for keys in use', verify?.ours.toFixed(0) ?? '', 'yes'],
      ['`sm-crypto-v2`, JavaScript as well, with a table', verify?.baseline.toFixed(0) ?? '', 'no: slower, and less checked'],
      ['WebAssembly', '', 'would run in the same thread; no package of SM2 is published, and Go `gmsm` compiled to it is slower than JavaScript'],
      ['OpenSSL by `node:crypto`', '', 'no: verifies under the empty user id only'],
      ['Go or Rust, as native code', '', 'no: a second implementation of what members must agree on bit by bit, built for each platform'],
    ],
  )}`;
}

function why(): string {
  return `Ratios of single operations are in [performance.md](performance.md). What keeps a call from coming closer to one that does nothing, and is not ours to change:
- **A message to the peer for each key.** Ten for this call. Fabric 2.5 drops a second request of a transaction while one is under way (\`registerTxid\` in its
  \`core/chaincode/handler.go\`), so they cannot be sent at once; reading and writing many keys in one message comes with Fabric 3. Each costs both sides.
- **Four verifications of each signature**, by whoever must not believe the others: the sender before it sends, each endorser, each replica. The sender's replica does not
  compute again what it has verified before it sent.
- **Validation and state.** A call that does nothing writes nothing, so that peers check no versions, store no values and index no history for it.`;
}
