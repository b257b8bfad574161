import { NAME_PATTERN } from '@collabnet/crds';
import type { Finding, Path } from './finding.ts';
import { isMap } from './read-map.ts';
import { DSL_VERSION, TERM_NAMES, TERMS } from './workflow.ts';

/** What `document` says of a ComputeTask, still unchecked. */
export interface ReadDocument {
  readonly name: string;
  /** Members of the spec. */
  readonly spec: Readonly<Record<string, unknown>>;
  readonly findings: readonly Finding[];
  readonly leftOut: readonly string[];
}

const SEMANTIC_VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;
const NAMESPACE = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/;
const KNOWN = ['dsl', 'namespace', 'name', 'version', 'title', 'summary', 'tags', 'metadata'];
/** Where the terms are. */
export const TERMS_AT: Path = ['document', 'metadata', TERMS];

/** Reads `document`: its required members (DSL 1.0 schema, Document) and the terms in its metadata. */
export function readDocument(value: unknown): ReadDocument {
  if (!isMap(value)) return { name: '', spec: {}, leftOut: [], findings: [{ path: ['document'], message: `is missing; add a map with dsl, namespace, name, version and metadata.${TERMS}` }] };
  const text = (name: string, fits: (given: string) => boolean, want: string): Finding[] => {
    const given = value[name];
    if (typeof given === 'string' && fits(given)) return [];
    return [{ path: ['document', name], message: `${given === undefined ? 'is missing; write' : 'must be'} ${want}` }];
  };
  const findings = [
    ...text('dsl', (given) => /^1\.0\.\d+$/.test(given), `the version of the DSL that is understood, such as '${DSL_VERSION}'`),
    ...text('namespace', (given) => NAMESPACE.test(given), 'letters, digits and hyphens, at most 63; the DSL requires it'),
    ...text('name', (given) => given.length <= 63 && NAME_PATTERN.test(given), 'the name of the ComputeTask: lower-case letters, digits and hyphens, at most 63'),
    ...text('version', (given) => SEMANTIC_VERSION.test(given), "a semantic version such as '1.0.0'; the DSL requires it"),
    ...unknown(value, KNOWN, ['document']),
  ];
  const metadata = value['metadata'];
  const terms = isMap(metadata) ? metadata[TERMS] : undefined;
  if (metadata !== undefined && !isMap(metadata)) findings.push({ path: ['document', 'metadata'], message: `must be a map with ${TERMS}` });
  if (terms !== undefined && !isMap(terms)) findings.push({ path: TERMS_AT, message: `must be a map with ${TERM_NAMES.join(', ')}` });
  return { name: String(value['name']), spec: isMap(terms) ? specOf(terms) : {}, findings: [...findings, ...(isMap(terms) ? unknown(terms, TERM_NAMES, TERMS_AT) : [])], leftOut: leftOutOf(value, metadata) };
}

function specOf(terms: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { network, ...rest } = terms;
  const known = Object.entries(rest).filter(([name]) => TERM_NAMES.some((each) => each === name));
  return { ...(network === undefined ? {} : { networkRef: { name: network } }), ...Object.fromEntries(known) };
}

function unknown(value: Readonly<Record<string, unknown>>, known: readonly string[], at: Path): Finding[] {
  return Object.keys(value)
    .filter((name) => !known.includes(name))
    .map((name) => ({ path: [...at, name], message: `there is no such member; there are ${known.join(', ')}` }));
}

function leftOutOf(document: Readonly<Record<string, unknown>>, metadata: unknown): string[] {
  const texts = ['namespace', 'version', 'title', 'summary'].flatMap((name) => (typeof document[name] === 'string' ? [`document.${name}: ${document[name]}`] : []));
  const maps = document['tags'] === undefined ? [] : [`document.tags: ${JSON.stringify(document['tags'])}`];
  const others = isMap(metadata) ? Object.keys(metadata).filter((name) => name !== TERMS) : [];
  return [...texts, ...maps, ...others.map((name) => `document.metadata.${name}: ${JSON.stringify(isMap(metadata) ? metadata[name] : undefined)}`)];
}
