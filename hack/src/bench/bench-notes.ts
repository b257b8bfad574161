import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { writeAtomic } from '../lib/files.ts';
import { repositoryRoot } from '../lib/paths.ts';

interface Kind<Notes> {
  /** Name of both files, without extension. */
  readonly name: string;
  readonly schema: z.ZodType<Notes>;
  readonly document: (notes: Notes) => string;
  /** Notes with what was measured in place of the runs before; part by part, if absent. */
  readonly merge?: (known: Notes, measured: Partial<Notes>) => Notes;
}

/** What the last run of each part of a bench came to, kept beside the document that is made of it: a part is measured alone, and an hour's run need not be repeated for another's sake. */
export class BenchNotes<Notes extends object> {
  readonly #kind: Kind<Notes>;
  readonly #file: string;
  readonly documentFile: string;

  constructor(kind: Kind<Notes>, folder = join(repositoryRoot, 'docs')) {
    this.#kind = kind;
    this.#file = join(folder, `${kind.name}.json`);
    this.documentFile = join(folder, `${kind.name}.md`);
  }

  /** @throws ZodError when the file is not one of ours */
  read(): Notes {
    return this.#kind.schema.parse(existsSync(this.#file) ? JSON.parse(readFileSync(this.#file, 'utf8')) : {});
  }

  /** Keeps what was measured in place of the runs before, and writes the document anew. */
  note(measured: Partial<Notes>): void {
    const { merge = (known, parts) => ({ ...known, ...parts }) } = this.#kind;
    writeAtomic(this.#file, `${JSON.stringify(merge(this.read(), measured), null, 2)}\n`);
    this.writeDocument();
  }

  /** Writes the document of what is known. */
  writeDocument(): void {
    writeAtomic(this.documentFile, this.#kind.document(this.read()));
  }
}
