import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot, testNames, type LedgerDriver } from '@collabnet/hack';
import type { OtherFaults } from './document.ts';

/** Tests elsewhere say by the beginning of their name that they belong to the fault table. */
const GROUPS: Readonly<Record<LedgerDriver, readonly { prefix: string; title: string }[]>> = {
  fabric: [{ prefix: 'fabric fault: ', title: 'The ledger' }],
  embedded: [
    { prefix: 'node fault: ', title: 'Volumes, clocks, images, certificates' },
    { prefix: 'ledger fault: ', title: 'The ledger' },
    { prefix: 'transaction fault: ', title: 'Transactions' },
    { prefix: 'frame fault: ', title: 'Frames between couriers, under both wire profiles' },
  ],
};

/**
 * Every test whose name begins like one of the groups, with its file, from the sources that git knows. What a template fills in is shown as `…`.
 *
 * @param driver whose document names them: Fabric's only what is about Fabric
 */
export function otherFaults(driver: LedgerDriver): OtherFaults[] {
  const files = execFileSync('git', ['ls-files', '*.test.ts', '**/testing/*.ts'], { cwd: repositoryRoot, encoding: 'utf8' }).split('\n').filter(Boolean);
  const found = files.flatMap((file) => [...testNames(file, readFileSync(join(repositoryRoot, file), 'utf8'))].map((name) => ({ file, name })));
  return GROUPS[driver].map(({ prefix, title }) => ({
    title,
    tests: found.filter(({ name }) => name.startsWith(prefix)).map(({ file, name }) => `${capitalised(name.slice(prefix.length)).replaceAll(/\$\{[^}]*\}/g, '…')} ([test](../${file}))`).sort(),
  })).filter(({ tests }) => tests.length > 0);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
