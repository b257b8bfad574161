import { appendFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface AccessRecord {
  readonly action: 'Put' | 'Get' | 'Delete' | 'Expire';
  /** Common name of the certificate, DID of the person, or `retention`. */
  readonly who: string;
  readonly flowId: string;
  readonly step: string;
  readonly output: string;
  readonly bytes: number;
  /** `Complete`, or the code of what ended it. */
  readonly outcome: string;
}

export type LoggedAccess = AccessRecord & { readonly sequence: number; readonly at: number };

const dayMs = 86_400_000;

/** Records every delivery, fetch and removal, in SQLite and as JSON lines; remembers nonces and spent capabilities. */
export class AccessLog {
  readonly #directory: string;
  readonly #now: () => number;
  readonly #retentionDays: number;
  readonly #db: DatabaseSync;

  constructor(options: { directory: string; retentionDays?: number; now?: () => number }) {
    this.#directory = options.directory;
    this.#now = options.now ?? Date.now;
    this.#retentionDays = options.retentionDays ?? 3 * 365;
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    this.#db = new DatabaseSync(join(options.directory, 'access.db'));
    this.#db.exec(`
      PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;
      CREATE TABLE IF NOT EXISTS nonces (signer TEXT NOT NULL, nonce TEXT NOT NULL, expires INTEGER NOT NULL, PRIMARY KEY (signer, nonce)) STRICT, WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS spent (id TEXT PRIMARY KEY, expires INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS accesses (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, action TEXT NOT NULL, who TEXT NOT NULL, flowId TEXT NOT NULL,
        step TEXT NOT NULL, output TEXT NOT NULL, bytes INTEGER NOT NULL, outcome TEXT NOT NULL) STRICT;`);
  }

  /** False when the nonce was used before. */
  useNonce(signer: string, nonce: string, expires: number): boolean {
    const { changes } = this.#db.prepare('INSERT INTO nonces (signer, nonce, expires) VALUES (?, ?, ?) ON CONFLICT DO NOTHING').run(signer, nonce, expires);
    return changes === 1;
  }

  /** Whether a result was stored with the capability. */
  isSpent(id: string): boolean {
    return this.#db.prepare('SELECT 1 FROM spent WHERE id = ?').get(id) !== undefined;
  }

  spend(id: string, expires: number): void {
    this.#db.prepare('INSERT INTO spent (id, expires) VALUES (?, ?) ON CONFLICT DO NOTHING').run(id, expires);
  }

  record(access: AccessRecord): void {
    const at = this.#now();
    const { lastInsertRowid } = this.#db
      .prepare('INSERT INTO accesses (at, action, who, flowId, step, output, bytes, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
      .run(at, access.action, access.who, access.flowId, access.step, access.output, access.bytes, access.outcome);
    appendFileSync(join(this.#directory, fileName(at)), `${JSON.stringify({ sequence: Number(lastInsertRowid), at, ...access })}\n`, { mode: 0o600 });
  }

  /** Records after a sequence number, oldest first. */
  list(after: number, limit: number): LoggedAccess[] {
    return this.#db.prepare('SELECT * FROM accesses WHERE sequence > ? ORDER BY sequence LIMIT ?').all(after, limit).map((row) => ({ ...row }) as unknown as LoggedAccess);
  }

  prune(): void {
    const now = this.#now();
    // A day more than needed: the clock may be set back.
    for (const table of ['nonces', 'spent']) this.#db.prepare(`DELETE FROM ${table} WHERE expires < ?`).run(now - dayMs);
    const oldest = now - this.#retentionDays * dayMs;
    this.#db.prepare('DELETE FROM accesses WHERE at < ?').run(oldest);
    for (const name of readdirSync(this.#directory)) {
      if (/^accesses-\d{4}-\d\d-\d\d\.jsonl$/.test(name) && name < fileName(oldest)) rmSync(join(this.#directory, name));
    }
  }

  close(): void {
    this.#db.close();
  }
}

function fileName(time: number): string {
  return `accesses-${new Date(time).toISOString().slice(0, 10)}.jsonl`;
}
