import { createHmac } from 'node:crypto';
import { ProxyError } from '../errors.ts';
import type { AssetDefinition } from './asset-definition.ts';
import type { Cell, OpenSource } from './connector.ts';

/** Least octets of a salt: shorter ones could be searched together with guessed data (design §8.6). */
const minSaltBytes = 16;

/**
 * Commitment to the content of an asset, taken in one pass: HMAC-SM3 under a salt over the declared columns (name, type,
 * role), then every row as a JSON array of canonical cells and a line feed, then the number of rows. The dialect of the
 * file (delimiter, quotes, encoding, line ends, byte order mark, undeclared columns) does not change it; the order of rows
 * does, since it is delivered.
 */
export class Fingerprinter {
  readonly #hmac: ReturnType<typeof createHmac>;
  #rows = 0;

  /** @param salt at least 16 bytes. @throws ProxyError INVALID_ARGUMENT */
  constructor(asset: AssetDefinition, salt: Uint8Array) {
    if (salt.length < minSaltBytes) throw new ProxyError('INVALID_ARGUMENT', `salt must have at least ${minSaltBytes} bytes in base64url.`, { field: 'salt' });
    this.#hmac = createHmac('sm3', salt);
    const columns = asset.columns.map((column) => [column.name, column.type, column.role]);
    this.#hmac.update(`${JSON.stringify(['collabnet.dev/fingerprint/v1', columns])}\n`);
  }

  update(rows: readonly (readonly Cell[])[]): void {
    let text = '';
    for (const row of rows) text += `${JSON.stringify(row)}\n`;
    this.#hmac.update(text);
    this.#rows += rows.length;
  }

  /** Lower-case hex; spends the object. */
  finish(): { fingerprint: string; rows: number } {
    this.#hmac.update(JSON.stringify({ rows: this.#rows }));
    return { fingerprint: this.#hmac.digest('hex'), rows: this.#rows };
  }
}

/** Fingerprint of a whole source. @throws ProxyError SOURCE_*, INVALID_ARGUMENT */
export async function fingerprintOf(source: OpenSource, asset: AssetDefinition, salt: Uint8Array): Promise<{ fingerprint: string; rows: number }> {
  const fingerprinter = new Fingerprinter(asset, salt);
  for await (const batch of source.scan()) fingerprinter.update(batch.rows);
  return fingerprinter.finish();
}
