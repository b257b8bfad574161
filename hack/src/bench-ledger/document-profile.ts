import { table } from '../bench/markdown.ts';
import type { LedgerFigures } from './ledger-figures.ts';

type Shares = Readonly<Record<string, number>>;

const SM2 = 'SM2 and SM3';

/** What a call's time is spent on, with SM2 apart. */
export function profileSection({ profile, sm2, throughput }: LedgerFigures): string {
  if (profile === undefined) return '';
  const { driver, chaincode } = profile;
  const write = throughput?.[0]?.write;
  const cpu: Shares = write?.contract.cpuPerCall ?? {};
  const kinds = [...new Set([...Object.keys(driver), ...Object.keys(chaincode)])].sort((one, other) => partOf(chaincode, other) - partOf(chaincode, one));
  const cell = (shares: Shares, kind: string, time = 0): string => `${(partOf(shares, kind) * 100).toFixed(0)} %${time === 0 ? '' : `, ${(partOf(shares, kind) * time).toFixed(1)} ms`}`;
  return `## Where the time of a call goes
${table(['', 'driver', 'both chaincodes'], kinds.map((kind) => [kind, cell(driver, kind, cpu['driver']), cell(chaincode, kind, cpu['chaincode'])]))}

Sampled once a millisecond over ${profile.calls} calls of \`catalogue.publish\`, by the innermost frame that says what it is for; waiting is not in it. Milliseconds are these
parts of the CPU time above, with one orderer.
${share(profile, cpu, write?.nothing.cpuPerCall ?? {})}

${sm2Table(sm2)}

${why()}`;
}

function partOf(shares: Shares, kind: string): number {
  const all = Object.values(shares).reduce((total, time) => total + time, 0);
  return all === 0 ? 0 : (shares[kind] ?? 0) / all;
}

function share({ driver, chaincode }: NonNullable<LedgerFigures['profile']>, cpu: Shares, nothing: Shares): string {
  const [all, least] = [cpu, nothing].map((times) => Object.values(times).reduce((total, time) => total + time, 0)) as [number, number];
  if (all === 0) return '';
  const spent = partOf(driver, SM2) * (cpu['driver'] ?? 0) + partOf(chaincode, SM2) * (cpu['chaincode'] ?? 0);
  return `SM2 and SM3 in driver and chaincodes are ${spent.toFixed(1)} ms of the ${all.toFixed(1)} ms that all programs spend on a call: **${((spent / all) * 100).toFixed(0)} %**. If
they took no time at all, the CPU ratio would be ${(least / (all - spent)).toFixed(2)} in place of ${(least / all).toFixed(2)}.`;
}

function sm2Table(sm2: LedgerFigures['sm2']): string {
  const verify = sm2?.find(({ operation }) => operation === 'verify, key in use');
  return `${table(
    ['SM2 in chaincode', 'a verification, µs', 'in use'],
    [
      ['`packages/sm` on `@noble/curves` 2, tables for keys in use', verify?.ours.toFixed(0) ?? '', 'yes'],
      ['`sm-crypto-v2`, JavaScript as well, with a table', verify?.baseline.toFixed(0) ?? '', 'no: not quicker'],
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
- **Validation and state.** A call that does nothing writes nothing, so that peers check no versions and store no values for it, and the replica neither runs nor
  stores it.

The gateway's library signs proposal and transaction in JavaScript (ECDSA above). Signing natively would take as much from a call that does nothing as from one of the
contract: more of both, and a lower ratio.

What is ours and was done: keys that every call reads are handed to the thread of the contract in one message; two threads a core in place of six, since each compiles the
rules and makes tables of keys for itself (a third of a chaincode's time over its first thousand calls); no formatting of log lines that are not printed; records are copied without
\`structuredClone\`; no index of the history of keys on peers.`;
}
