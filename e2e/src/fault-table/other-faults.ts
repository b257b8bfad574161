import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot } from '@collabnet/hack';
import type { OtherFaults } from './document.ts';

/** Tests elsewhere say by the beginning of their name that they belong to the fault table. */
const GROUPS: readonly { prefix: string; title: string }[] = [
  { prefix: 'node fault: ', title: 'Volumes, clocks, images, certificates' },
  { prefix: 'ledger fault: ', title: 'The ledger' },
  { prefix: 'transaction fault: ', title: 'Transactions' },
  { prefix: 'frame fault: ', title: 'Frames between couriers, under both wire profiles' },
];

/** Every test whose name begins like one of the groups, with its file; read from the sources that git knows. */
export function otherFaults(): OtherFaults[] {
  const files = execFileSync('git', ['ls-files', '*.test.ts', '**/testing/*.ts'], { cwd: repositoryRoot, encoding: 'utf8' }).split('\n').filter(Boolean);
  const found = files.flatMap((file) => testNames(readFileSync(join(repositoryRoot, file), 'utf8')).map((name) => ({ file, name })));
  return GROUPS.map(({ prefix, title }) => ({
    title,
    tests: found.filter(({ name }) => name.startsWith(prefix)).map(({ file, name }) => `${capitalised(name.slice(prefix.length))} ([test](../${file}))`).sort(),
  })).filter(({ tests }) => tests.length > 0);
}

/** First arguments of `test(…)`; what a template fills in is shown as `…`. */
function testNames(source: string): string[] {
  const names = source.matchAll(/\btest\(\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`([^`]*)`)/g);
  return [...names].map(([, single, double, template]) => (single ?? double ?? template ?? '').replaceAll(/\$\{[^}]*\}/g, '…').replaceAll(/\\(.)/g, '$1'));
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
