import { createHash } from 'node:crypto';
import { parseDid } from '@collabnet/did';
import type { AlgorithmRef, FlowSpec } from '@collabnet/flow';
import { CliError } from '../../base/errors.ts';

/** Domain id by name of party. */
export type Domains = Readonly<Record<string, string>>;

/** RFC 1123 §2.1 label, as Kubernetes writes names of namespaces; a domain is one. */
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const LONGEST_LABEL = 63;

/**
 * The domain id of every party.
 *
 * @param chosen - by name of party; of the others it is the subject code of the DID
 * @throws CliError USAGE naming the party, what is wrong and the option
 */
export function domainsOf({ parties }: FlowSpec, chosen: Domains): Domains {
  const names = parties.map(({ name }) => name);
  const stranger = Object.keys(chosen).find((name) => !names.includes(name));
  if (stranger !== undefined) throw new CliError('USAGE', `--domain ${stranger}=...: is no party of the task; name one of ${names.join(', ')}`);
  const domains = Object.fromEntries(parties.map(({ name, did }) => [name, Object.hasOwn(chosen, name) ? (chosen[name] ?? '') : parseDid(did).subjectCode]));
  for (const [name, domain] of Object.entries(domains)) {
    if (!LABEL.test(domain)) throw new CliError('USAGE', `party ${name}: ${domain} is no domain id (lower-case letters, digits and hyphens, at most 63); choose one with --domain ${name}=<id>`);
    const other = names.find((each) => each !== name && domains[each] === domain);
    if (other !== undefined) throw new CliError('USAGE', `parties ${name} and ${other} have the same domain id ${domain}; choose another with --domain ${name}=<id>`);
  }
  return domains;
}

/**
 * Values of the option `--domain <party>=<id>`, which can be given several times.
 *
 * @throws CliError USAGE
 */
export function parseDomains(values: readonly string[]): Domains {
  return Object.fromEntries(
    values.map((value) => {
      const [, party, domain] = /^([^=]+)=(.+)$/.exec(value) ?? [];
      if (party === undefined || domain === undefined) throw new CliError('USAGE', `--domain ${value}: write <name of a party>=<domain id>`);
      return [party, domain];
    }),
  );
}

/** A name as one DNS label: dots become hyphens; what is too long is cut and told apart by a digest of the whole. */
export function dnsLabel(name: string): string {
  const label = name.replaceAll('.', '-');
  if (label.length <= LONGEST_LABEL) return label;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${label.slice(0, LONGEST_LABEL - digest.length - 1).replace(/-+$/, '')}-${digest}`;
}

/** Id of the KusciaTask of a step: with the job's name, because all KusciaTasks share one namespace. */
export function taskIdOf(job: string, step: string): string {
  return dnsLabel(`${job}-${step}`);
}

/** Id of the data that a step puts out; the same at each receiver. */
export function outputIdOf(job: string, step: string, output: string): string {
  return dnsLabel(`${job}-${step}-${output}`);
}

/** Name of the AppImage of an algorithm: an RFC 1123 subdomain, made of name and version. */
export function appImageOf({ name, version }: AlgorithmRef): string {
  return `${name}-${version}`.toLowerCase().replaceAll(/[^a-z0-9.-]/g, '-').replace(/[.-]+$/, '');
}
