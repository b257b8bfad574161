import { appendFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ProxyError } from '../errors.ts';

/** One read, or refused attempt at one. No cell and no salt is in it. */
export interface ReadRecord {
  /** Id of the capability. */
  readonly id: string;
  /** Common name and SHA-256 of the client certificate. */
  readonly client: string;
  readonly certificate: string;
  readonly network: string;
  readonly flow: string;
  readonly step: string;
  readonly attempt: number;
  readonly asset: string;
  readonly version: number;
  readonly columns: readonly string[];
}

export interface ReadOutcome {
  readonly rows: number;
  readonly bytes: number;
  /** `Complete`, or the code of what ended it. */
  readonly outcome: string;
}

/** A record as it is listed. Times are epoch ms; `Open` while it runs, `Interrupted` when the proxy was killed in it. */
export type LoggedRead = ReadRecord & ReadOutcome & { readonly sequence: number; readonly startedAt: number; readonly endedAt: number | null };

export interface ReadLogOptions {
  /** Directory on the proxy's own volume. */
  readonly directory: string;
  /** Records older than this go; default 3 years. */
  readonly retentionDays?: number | undefined;
  readonly now?: (() => number) | undefined;
}

const dayMs = 86_400_000;

/**
 * Remembers which capabilities were used and records every read: in SQLite for queries, and as JSON lines, one file a
 * day, for whoever collects them. A use is on the disk before the first byte leaves, so that a restart allows no second.
 */
export class ReadLog {
  readonly #options: Required<ReadLogOptions>;
  readonly #db: DatabaseSync;

  constructor(options: ReadLogOptions) {
    this.#options = { retentionDays: 3 * 365, now: Date.now, ...options };
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    this.#db = new DatabaseSync(join(options.directory, 'reads.db'));
    this.#db.exec(`
      PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;
      CREATE TABLE IF NOT EXISTS used (id TEXT PRIMARY KEY, expires INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS reads (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, client TEXT NOT NULL, certificate TEXT NOT NULL,
        network TEXT NOT NULL, flow TEXT NOT NULL, step TEXT NOT NULL, attempt INTEGER NOT NULL, asset TEXT NOT NULL,
        version INTEGER NOT NULL, columns TEXT NOT NULL, rows INTEGER NOT NULL, bytes INTEGER NOT NULL, outcome TEXT NOT NULL,
        startedAt INTEGER NOT NULL, endedAt INTEGER) STRICT;
      CREATE INDEX IF NOT EXISTS reads_id ON reads (id);
      CREATE TABLE IF NOT EXISTS profiles (
        asset TEXT NOT NULL, definition TEXT NOT NULL, stamp TEXT NOT NULL, salt TEXT NOT NULL, fingerprint TEXT NOT NULL,
        rows INTEGER NOT NULL, columns TEXT NOT NULL, PRIMARY KEY (asset, salt)) STRICT;
      UPDATE reads SET outcome = 'Interrupted', endedAt = startedAt WHERE outcome = 'Open';`);
  }

  /** Whether the capability was used. Answers early; {@link begin} is what holds. */
  isUsed(id: string): boolean {
    return this.#db.prepare('SELECT 1 FROM used WHERE id = ?').get(id) !== undefined;
  }

  /**
   * Spends the capability and opens its record, both or neither.
   *
   * @param expires of the capability, epoch ms: until then its id is remembered
   * @returns number of the record, for {@link finish}
   * @throws ProxyError CAPABILITY_REUSED
   */
  begin(record: ReadRecord, expires: number): number {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const { changes } = this.#db.prepare('INSERT INTO used (id, expires) VALUES (?, ?) ON CONFLICT DO NOTHING').run(record.id, expires);
      if (changes === 0) throw new ProxyError('CAPABILITY_REUSED', 'Capability: used before; each opens one read, ask for a new one.', { field: 'id' });
      const sequence = this.#insert(record, 'Open', null);
      this.#db.exec('COMMIT');
      return sequence;
    } catch (error) {
      // A full volume makes SQLite undo the transaction by itself.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  finish(sequence: number, outcome: ReadOutcome): void {
    this.#db
      .prepare('UPDATE reads SET rows = ?, bytes = ?, outcome = ?, endedAt = ? WHERE sequence = ?')
      .run(outcome.rows, outcome.bytes, outcome.outcome, this.#options.now(), sequence);
    this.#appendLine(sequence);
  }

  /** Records a read that was not allowed to begin. */
  refuse(record: ReadRecord, code: string): void {
    this.#appendLine(this.#insert(record, code, this.#options.now()));
  }

  /** The newest record of a capability. */
  byCapability(id: string): LoggedRead | undefined {
    const row = this.#db.prepare('SELECT * FROM reads WHERE id = ? ORDER BY sequence DESC LIMIT 1').get(id);
    return row && fromRow(row);
  }

  /** Records after a sequence number, oldest first. */
  list(after: number, limit: number): LoggedRead[] {
    return this.#db.prepare('SELECT * FROM reads WHERE sequence > ? ORDER BY sequence LIMIT ?').all(after, limit).map(fromRow);
  }

  /** Fingerprint and rows taken earlier of exactly this content, definition and salt. */
  knownProfile(key: ProfileKey): KnownProfile | undefined {
    const row = this.#db
      .prepare('SELECT fingerprint, rows, columns FROM profiles WHERE asset = ? AND salt = ? AND definition = ? AND stamp = ?')
      .get(key.asset, key.salt, key.definition, key.stamp);
    return row && { fingerprint: String(row['fingerprint']), rows: Number(row['rows']), columns: JSON.parse(String(row['columns'])) as string[] };
  }

  rememberProfile(key: ProfileKey, profile: KnownProfile): void {
    this.#db
      .prepare('INSERT OR REPLACE INTO profiles (asset, definition, stamp, salt, fingerprint, rows, columns) VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(key.asset, key.definition, key.stamp, key.salt, profile.fingerprint, profile.rows, JSON.stringify(profile.columns));
  }

  /** Drops ids that have expired (the expiry alone refuses them) and records past retention. */
  prune(): void {
    const now = this.#options.now();
    // A day more than needed: the clock may be set back.
    this.#db.prepare('DELETE FROM used WHERE expires < ?').run(now - dayMs);
    const oldest = now - this.#options.retentionDays * dayMs;
    this.#db.prepare("DELETE FROM reads WHERE endedAt IS NOT NULL AND endedAt < ?").run(oldest);
    const lastFile = fileName(oldest);
    for (const name of readdirSync(this.#options.directory)) {
      if (/^reads-\d{4}-\d\d-\d\d\.jsonl$/.test(name) && name < lastFile) rmSync(join(this.#options.directory, name));
    }
  }

  close(): void {
    this.#db.close();
  }

  #insert(record: ReadRecord, outcome: string, endedAt: number | null): number {
    const { lastInsertRowid } = this.#db
      .prepare(
        `INSERT INTO reads (id, client, certificate, network, flow, step, attempt, asset, version, columns, rows, bytes, outcome, startedAt, endedAt)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?)`,
      )
      .run(
        record.id, record.client, record.certificate, record.network, record.flow, record.step, record.attempt, record.asset,
        record.version, JSON.stringify(record.columns), outcome, this.#options.now(), endedAt,
      );
    return Number(lastInsertRowid);
  }

  #appendLine(sequence: number): void {
    const row = this.#db.prepare('SELECT * FROM reads WHERE sequence = ?').get(sequence);
    if (row) appendFileSync(join(this.#options.directory, fileName(this.#options.now())), `${JSON.stringify(fromRow(row))}\n`, { mode: 0o600 });
  }
}

/** What a remembered profile depends on. `salt` and `definition` are digests. */
export interface ProfileKey {
  readonly asset: string;
  readonly definition: string;
  readonly stamp: string;
  readonly salt: string;
}

export interface KnownProfile {
  readonly fingerprint: string;
  readonly rows: number;
  readonly columns: readonly string[];
}

function fileName(time: number): string {
  return `reads-${new Date(time).toISOString().slice(0, 10)}.jsonl`;
}

function fromRow(row: Record<string, unknown>): LoggedRead {
  return { ...row, columns: JSON.parse(String(row['columns'])) as string[] } as unknown as LoggedRead;
}
