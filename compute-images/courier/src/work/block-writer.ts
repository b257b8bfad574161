import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

const blockLength = 512 * 1024;

/** Appends text in large blocks; never holds more than one. */
export class BlockWriter {
  readonly #file: FileHandle;
  #parts: string[] = [];
  #length = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async create(path: string): Promise<BlockWriter> {
    return new BlockWriter(await open(path, 'w', 0o640));
  }

  add(text: string): void {
    this.#parts.push(text);
    this.#length += text.length;
  }

  /** Call between rows; waits for the disk when a block is full. */
  async flush(force = false): Promise<void> {
    if (this.#length === 0 || (!force && this.#length < blockLength)) return;
    const text = this.#parts.join('');
    this.#parts = [];
    this.#length = 0;
    await this.#file.writeFile(text);
  }

  async close(): Promise<void> {
    try {
      await this.flush(true);
    } finally {
      await this.#file.close();
    }
  }
}
