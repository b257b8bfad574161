import { isNode, LineCounter, parseAllDocuments, visit, type Document } from 'yaml';
import { CliError } from '../../base/errors.ts';
import type { Path } from './finding.ts';

/** One document of a YAML or JSON file, and where in the file its members are. */
export interface YamlDocument {
  readonly value: unknown;
  /** Line of the member, or of the nearest member around it that is written; from 1. */
  readonly lineOf: (path: Path) => number | undefined;
}

/** How often aliases may be expanded: more is an attack, not a task. */
const MOST_ALIASES = 100;

/**
 * Reads the documents of a text (YAML 1.2, of which JSON is a part).
 *
 * @param file - its name, for messages
 * @throws CliError FILE_FAILED naming every malformed line
 */
export function readYaml(text: string, file: string): YamlDocument[] {
  const lines = new LineCounter();
  const documents: readonly Document.Parsed[] = [...parseAllDocuments(text, { lineCounter: lines, prettyErrors: false })];
  const errors = documents.flatMap((document) => [...document.errors, ...danglingAliases(document)]);
  if (errors.length > 0) {
    const told = errors.map(({ pos, message }) => `  line ${lines.linePos(pos[0]).line}, column ${lines.linePos(pos[0]).col}: ${message}`);
    throw new CliError('FILE_FAILED', `${file}: is no well-formed YAML; correct\n${told.join('\n')}`);
  }
  return documents.map((document) => ({ value: valueOf(document, file), lineOf: (path) => lineOf(document, lines, path) }));
}

/** Aliases of anchors that are not there; the parser finds them only when it makes values. */
function danglingAliases(document: Document.Parsed): { readonly pos: readonly [number, number]; readonly message: string }[] {
  const found: { pos: [number, number]; message: string }[] = [];
  visit(document, {
    Alias: (_key, alias) => {
      const [start, end] = alias.range ?? [0, 0];
      if (alias.resolve(document) === undefined) found.push({ pos: [start, end], message: `There is no anchor &${alias.source} before this alias` });
    },
  });
  return found;
}

function valueOf(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (cause) {
    throw new CliError('FILE_FAILED', `${file}: its aliases cannot be expanded (${(cause as Error).message}); write the values out`, { cause });
  }
}

function lineOf(document: Document.Parsed, lines: LineCounter, path: Path): number | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return undefined;
}
