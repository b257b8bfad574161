import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

/** Small enough that a block's text is gone before the collector takes it for something that stays. */
const blockLength = 128 * 1024;

/** Appends text in large blocks; never holds more than one. */
export class BlockWriter {
  readonly #file: FileHandle;
  #text = '';
  /** Told every block, in order, before it is written. */
  onBlock: (block: Buffer) => void = () => undefined;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async create(path: string): Promise<BlockWriter> {
    return new BlockWriter(await open(path, 'w', 0o640));
  }

  add(text: string): void {
    this.#text += text;
  }

  /** Call between rows; waits for the disk when a block is full. */
  async flush(force = false): Promise<void> {
    if (this.#text === '' || (!force && this.#text.length < blockLength)) return;
    const block = Buffer.from(this.#text);
    this.#text = '';
    this.onBlock(block);
    await this.#file.writeFile(block);
  }

  async close(): Promise<void> {
    try {
      await this.flush(true);
    } finally {
      await this.#file.close();
    }
  }
}
