import { createReadStream } from 'node:fs';
import { CourierError } from '../errors.ts';

const [quote, comma, lineFeed, carriageReturn, minus, zero] = [0x22, 0x2c, 0x0a, 0x0d, 0x2d, 0x30];

/**
 * The last column of every record of the engine's output, header apart: all that is taken from it. Values of key columns
 * may hold quotes, commas and line breaks.
 *
 * @throws CourierError RESULT_INVALID
 */
export async function* rowNumbers(path: string): AsyncGenerator<number> {
  const scanner = new RecordScanner();
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
    for (const row of scanner.scan(chunk as Buffer)) yield row;
  }
  if (!scanner.atEnd) throw new CourierError('RESULT_INVALID', 'engine output: the last record is cut', { retryable: true });
}

class RecordScanner {
  #quoted = false;
  #header = true;
  #value = 0;
  #digits = 0;
  #negative = false;
  #plain = true;

  get atEnd(): boolean {
    return !this.#quoted && !this.#header && this.#digits === 0 && this.#plain;
  }

  scan(chunk: Buffer): number[] {
    const rows: number[] = [];
    for (const byte of chunk) {
      if (byte === quote) this.#quoted = !this.#quoted;
      else if (this.#quoted) continue;
      else if (byte === comma) this.#begin();
      else if (byte === lineFeed) {
        if (!this.#header) rows.push(this.#take());
        this.#header = false;
        this.#begin();
      } else if (byte !== carriageReturn) this.#add(byte);
    }
    return rows;
  }

  #begin(): void {
    [this.#value, this.#digits, this.#negative, this.#plain] = [0, 0, false, true];
  }

  #add(byte: number): void {
    if (byte === minus && this.#digits === 0 && !this.#negative) this.#negative = true;
    else if (byte >= zero && byte <= zero + 9) {
      this.#value = this.#value * 10 + byte - zero;
      this.#digits += 1;
    } else this.#plain = false;
  }

  #take(): number {
    if (!this.#plain || this.#digits === 0 || this.#digits > 10) {
      throw new CourierError('RESULT_INVALID', 'engine output: the last column is not a row number', { retryable: true });
    }
    return this.#negative ? -this.#value : this.#value;
  }
}
