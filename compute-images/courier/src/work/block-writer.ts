import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

/** UTF-16 units that are gathered before one write. */
const blockLength = 128 * 1024;

/** Appends text in large blocks; never holds more than one. */
export class BlockWriter {
  readonly #file: FileHandle;
  readonly #onBlock: (block: Buffer) => void;
  #text = '';

  private constructor(file: FileHandle, onBlock: (block: Buffer) => void) {
    this.#file = file;
    this.#onBlock = onBlock;
  }

  /** @param onBlock is told every block, in order, before it is written */
  static async create(path: string, onBlock: (block: Buffer) => void = () => undefined): Promise<BlockWriter> {
    return new BlockWriter(await open(path, 'w', 0o640), onBlock);
  }

  add(text: string): void {
    this.#text += text;
  }

  /** Call between rows; waits for the disk when a block is full. */
  async flush(force = false): Promise<void> {
    if (this.#text === '' || (!force && this.#text.length < blockLength)) return;
    const block = Buffer.from(this.#text);
    this.#text = '';
    this.#onBlock(block);
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
