import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { canonicalJson, type Json } from '@collabnet/envelope';
import type { WorldState } from '@collabnet/contracts';
import type { Block } from './block.ts';
import { LedgerError } from './errors.ts';
import type { WriteSet } from './writes.ts';

type Statements = Record<'get' | 'put' | 'delete' | 'range' | 'rangeAfter' | 'history' | 'record' | 'block' | 'blocks' | 'insert' | 'head' | 'last', StatementSync>;

/** What the store needs to know of a block; the rest of it is the driver's. */
export interface StoredBlock {
  readonly header: { readonly height: number };
}

/**
 * Blocks, world state and history in one SQLite file (or in memory), so that a block and its effects become durable in
 * one commit. The same class serves the ledger host and every replica; a replica's file is a cache that may be deleted.
 *
 * Keys compare as SQLite compares text in BINARY collation; contract keys are ASCII, where that equals code-unit order.
 */
export class SqliteState<B extends StoredBlock = Block> implements WorldState {
  readonly #db: DatabaseSync;
  readonly #statements: Statements;
  #writes = new Map<string, Json | undefined>();

  /**
   * @param path file, or `:memory:`. Throws LedgerError STORE_FAILED naming the path.
   * @param options.durable false for a cache: its newest blocks may be lost in a power cut, and are then read again.
   */
  constructor(path: string, options: { durable?: boolean } = {}) {
    try {
      this.#db = new DatabaseSync(path);
      // FULL: an acknowledged transaction survives a power cut, which is what a submitter is told.
      this.#db.exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=${options.durable === false ? 'NORMAL' : 'FULL'};`);
      this.#db.exec(`
        CREATE TABLE IF NOT EXISTS state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS history (key TEXT NOT NULL, height INTEGER NOT NULL, value TEXT, PRIMARY KEY (key, height)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS block (height INTEGER PRIMARY KEY, body TEXT NOT NULL);`);
      this.#statements = this.#prepare();
    } catch (cause) {
      throw new LedgerError('STORE_FAILED', `cannot open the ledger store ${path}: ${String(cause)}`, { cause });
    }
  }

  #prepare(): Statements {
    const p = (sql: string): StatementSync => this.#db.prepare(sql);
    return {
      get: p('SELECT value FROM state WHERE key = ?'),
      put: p('INSERT INTO state (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value'),
      delete: p('DELETE FROM state WHERE key = ?'),
      // Two statements: of two lower bounds in one SQLite takes the first, and may read the whole table up to the second.
      range: p('SELECT key, value FROM state WHERE key >= ? AND key < ? ORDER BY key LIMIT ?'),
      rangeAfter: p('SELECT key, value FROM state WHERE key > ? AND key < ? ORDER BY key LIMIT ?'),
      history: p('SELECT height, value FROM history WHERE key = ? ORDER BY height'),
      record: p('INSERT OR REPLACE INTO history (key, height, value) VALUES (?, ?, ?)'),
      block: p('SELECT body FROM block WHERE height = ?'),
      blocks: p('SELECT body FROM block WHERE height >= ? ORDER BY height LIMIT ?'),
      insert: p('INSERT INTO block (height, body) VALUES (?, ?)'),
      head: p('SELECT body FROM block ORDER BY height DESC LIMIT 1'),
      last: p('SELECT height, value FROM history WHERE key = ? AND height <= ? ORDER BY height DESC LIMIT 1'),
    };
  }

  get(key: string): Json | undefined {
    const row = this.#statements.get.get(key) as { value: string } | undefined;
    return row === undefined ? undefined : (JSON.parse(row.value) as Json);
  }

  put(key: string, value: Json): void {
    const text = canonicalJson(value);
    this.#statements.put.run(key, text);
    this.#writes.set(key, JSON.parse(text) as Json);
  }

  delete(key: string): void {
    this.#statements.delete.run(key);
    this.#writes.set(key, undefined);
  }

  range(prefix: string, options: { after?: string; limit: number }): { key: string; value: Json }[] {
    const { after = '', limit } = options;
    const [statement, from] = after >= prefix ? [this.#statements.rangeAfter, after] : [this.#statements.range, prefix];
    const rows = statement.all(from, `${prefix}\u{10ffff}`, limit);
    return (rows as { key: string; value: string }[]).map((row) => ({ key: row.key, value: JSON.parse(row.value) as Json }));
  }

  /** As {@link range}, of the state as it was after the block at `height`. Prepared when it is used: only people ask. */
  rangeAt(height: number, prefix: string, options: { after?: string; limit: number }): { key: string; value: Json }[] {
    const { after = '', limit } = options;
    const statement = this.#db.prepare(`
      SELECT key, value FROM history AS h WHERE key >= ? AND key > ? AND key < ? AND value IS NOT NULL
      AND height = (SELECT MAX(height) FROM history WHERE key = h.key AND height <= ?) ORDER BY key LIMIT ?`);
    const rows = statement.all(prefix, after, `${prefix}\u{10ffff}`, height, limit) as { key: string; value: string }[];
    return rows.map((row) => ({ key: row.key, value: JSON.parse(row.value) as Json }));
  }

  history(key: string): { height: number; value: Json }[] {
    const rows = this.#statements.history.all(key) as { height: number; value: string | null }[];
    return rows.map((row) => ({ height: row.height, value: row.value === null ? null : (JSON.parse(row.value) as Json) }));
  }

  /** Height and value of the last write to `key` at or below `height`; value `undefined` for a deletion. */
  lastWrite(key: string, height: number): { height: number; value: Json | undefined } | undefined {
    const row = this.#statements.last.get(key, height) as { height: number; value: string | null } | undefined;
    return row && { height: row.height, value: row.value === null ? undefined : (JSON.parse(row.value) as Json) };
  }

  /** Starts a block: everything until {@link commitBlock} or {@link discardBlock} is one SQLite transaction. */
  beginBlock(): void {
    this.#db.exec('BEGIN IMMEDIATE');
    this.#writes = new Map();
  }

  /**
   * Runs one transaction of the block; when `run` throws, its writes (and only those) are undone.
   *
   * @throws LedgerError STORE_FAILED when it was the store that failed: then the block is lost, discard it
   */
  attempt<T>(run: () => T): T {
    const before = this.#writes;
    this.#writes = new Map();
    this.#db.exec('SAVEPOINT attempt');
    try {
      const result = run();
      this.#db.exec('RELEASE attempt');
      for (const [key, value] of this.#writes) before.set(key, value);
      return result;
    } catch (error) {
      // A store that fails may have undone the whole block by itself: then there is no savepoint any more.
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK TO attempt; RELEASE attempt');
      throw isStoreError(error) ? new LedgerError('STORE_FAILED', storeProblem(error), { cause: error }) : error;
    } finally {
      this.#writes = before;
    }
  }

  /** Runs a read-only query on the committed state and makes sure that it wrote nothing. */
  read<T>(run: () => T): T {
    this.#db.exec('SAVEPOINT query');
    try {
      return run();
    } finally {
      this.#db.exec('ROLLBACK TO query; RELEASE query');
      this.#writes = new Map();
    }
  }

  /** The block's writes so far. */
  writes(): WriteSet {
    return this.#writes;
  }

  commitBlock(block: B): void {
    for (const [key, value] of this.#writes) {
      this.#statements.record.run(key, block.header.height, value === undefined ? null : canonicalJson(value));
    }
    this.#statements.insert.run(block.header.height, canonicalJson(block));
    this.#db.exec('COMMIT');
    this.#writes = new Map();
  }

  discardBlock(): void {
    if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
    this.#writes = new Map();
  }

  block(height: number): B | undefined {
    const row = this.#statements.block.get(height) as { body: string } | undefined;
    return row && (JSON.parse(row.body) as B);
  }

  blocks(from: number, limit: number): B[] {
    return (this.#statements.blocks.all(from, limit) as { body: string }[]).map((row) => JSON.parse(row.body) as B);
  }

  head(): B | undefined {
    const row = this.#statements.head.get() as { body: string } | undefined;
    return row && (JSON.parse(row.body) as B);
  }

  /** Everything a block wrote, from history; used for proofs. */
  writesAt(height: number): WriteSet {
    const rows = this.#db.prepare('SELECT key, value FROM history WHERE height = ?').all(height) as { key: string; value: string | null }[];
    return new Map(rows.map((row) => [row.key, row.value === null ? undefined : (JSON.parse(row.value) as Json)]));
  }

  /** An empty in-memory store, for replaying the same chain beside this one. */
  fresh(): SqliteState<B> {
    return new SqliteState<B>(':memory:');
  }

  close(): void {
    this.#db.close();
  }
}

const SQLITE_FULL = 13;

/** What failed, for the person who looks after the volume. */
export function storeProblem(error: unknown): string {
  if (isStoreError(error) && error.errcode === SQLITE_FULL) return 'the volume of the ledger is full; enlarge it';
  return `the store of the ledger failed: ${error instanceof Error ? error.message : String(error)}`;
}

function isStoreError(error: unknown): error is Error & { errcode: number } {
  return error instanceof Error && (error as { code?: unknown }).code === 'ERR_SQLITE_ERROR';
}
