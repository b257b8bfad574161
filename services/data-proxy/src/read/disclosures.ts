import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { AssetDefinition } from '../source/asset-definition.ts';
import { differenceOf, type Population } from './population.ts';

/** Octets of populations that are kept of one asset, the newest first: with older ones nothing can be compared any more. */
const defaultOctets = 64 * 1024 * 1024;

export interface Disclosure {
  readonly network: string;
  readonly asset: AssetDefinition;
  /** All attempts of a task are one disclosure. */
  readonly flow: string;
  readonly population: Population;
}

/** Why the rules of an asset forbid a disclosure; for its owner alone, because either reason tells about the data. */
export interface DisclosureFault {
  readonly code: 'DISCLOSURE_DIFFERENCE' | 'DISCLOSURE_BUDGET';
  readonly message: string;
}

/**
 * What has been disclosed of each asset, to whomever: one requester's budget is everybody's, since requesters may share
 * what they learn (design §8.5). Kept on the proxy's own volume.
 */
export class Disclosures {
  readonly #db: DatabaseSync;
  readonly #now: () => number;
  readonly #mostOctets: number;
  /** Of the hashes of populations. */
  readonly secret: Uint8Array;

  constructor({ directory, now = Date.now, mostOctets = defaultOctets }: { directory: string; now?: () => number; mostOctets?: number }) {
    this.#now = now;
    this.#mostOctets = mostOctets;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#db = new DatabaseSync(join(directory, 'disclosures.db'));
    this.#db.exec(`
      PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;
      CREATE TABLE IF NOT EXISTS secret (one INTEGER PRIMARY KEY CHECK (one = 1), value BLOB NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS populations (id INTEGER PRIMARY KEY AUTOINCREMENT, network TEXT NOT NULL, asset TEXT NOT NULL, hashes BLOB NOT NULL) STRICT;
      CREATE INDEX IF NOT EXISTS populations_asset ON populations (network, asset);
      CREATE TABLE IF NOT EXISTS flows (
        network TEXT NOT NULL, asset TEXT NOT NULL, flow TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (network, asset, flow)) STRICT, WITHOUT ROWID;`);
    this.#db.prepare('INSERT INTO secret (one, value) VALUES (1, ?) ON CONFLICT DO NOTHING').run(randomBytes(32));
    this.secret = this.#db.prepare('SELECT value FROM secret').get()?.['value'] as Uint8Array;
  }

  /** Records the disclosure if the rules allow it. @returns the rule that does not; then nothing is recorded */
  spend(disclosure: Disclosure): DisclosureFault | undefined {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const { known, fault: near } = this.#compare(disclosure);
      const fault = this.#budgetFault(disclosure) ?? near;
      if (fault === undefined) this.#record(disclosure, known);
      this.#db.exec(fault === undefined ? 'COMMIT' : 'ROLLBACK');
      return fault;
    } catch (error) {
      // A full volume makes SQLite undo the transaction by itself.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#db.close();
  }

  #budgetFault({ network, asset: { assetId, maximumTasks }, flow }: Disclosure): DisclosureFault | undefined {
    if (maximumTasks === undefined) return undefined;
    const { count, periodMs } = maximumTasks;
    const row = this.#db
      .prepare('SELECT COUNT(*) AS spent FROM flows WHERE network = ? AND asset = ? AND flow <> ? AND at > ?')
      .get(network, assetId, flow, this.#now() - periodMs);
    if (Number(row?.['spent']) < count) return undefined;
    return { code: 'DISCLOSURE_BUDGET', message: `disclosure.maximumTasks: ${count} tasks have read ${assetId} within the period` };
  }

  /** Whether exactly this population was disclosed before, and whether one was that is too near to it. */
  #compare({ network, asset, population }: Disclosure): { known: boolean; fault?: DisclosureFault } {
    let known = false;
    const least = asset.minimumDifference ?? asset.minimumSetSize;
    for (const { id, hashes } of this.#populations(network, asset.assetId)) {
      const difference = differenceOf(hashes, population, least);
      if (difference === 0) known = true;
      if (difference === 0 || difference >= least) continue;
      const message = `disclosure.minimumDifference: ${asset.assetId} differs in fewer than ${least} persons from what was disclosed before (population ${id}); comparing both results would single them out`;
      return { known, fault: { code: 'DISCLOSURE_DIFFERENCE', message } };
    }
    return { known };
  }

  #record({ network, asset: { assetId }, flow, population }: Disclosure, known: boolean): void {
    this.#db.prepare('INSERT INTO flows (network, asset, flow, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING').run(network, assetId, flow, this.#now());
    if (population.length === 0 || known) return;
    const bytes = new Uint8Array(population.buffer, population.byteOffset, population.byteLength);
    this.#db.prepare('INSERT INTO populations (network, asset, hashes) VALUES (?, ?, ?)').run(network, assetId, bytes);
    this.#db
      .prepare(
        `DELETE FROM populations WHERE id IN (
           SELECT id FROM (SELECT id, SUM(LENGTH(hashes)) OVER (ORDER BY id DESC) AS octets FROM populations WHERE network = ? AND asset = ?)
           WHERE octets > ?)`,
      )
      .run(network, assetId, Math.max(this.#mostOctets, bytes.length));
  }

  /** One after another: together they may be larger than the memory of the pod. */
  *#populations(network: string, assetId: string): Generator<{ id: number; hashes: Population }> {
    const rows = this.#db.prepare('SELECT id, hashes FROM populations WHERE network = ? AND asset = ? ORDER BY id DESC').iterate(network, assetId);
    for (const row of rows) {
      // Copied: the bytes of a row need not lie on a boundary of 8.
      const bytes = Uint8Array.from(row['hashes'] as Uint8Array);
      yield { id: Number(row['id']), hashes: new BigUint64Array(bytes.buffer) };
    }
  }
}
