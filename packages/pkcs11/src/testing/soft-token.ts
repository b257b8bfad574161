import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where Debian's package `softhsm2` puts the module. */
const MODULE = '/usr/lib/softhsm/libsofthsm2.so';

/**
 * A token of SoftHSM in a folder of its own. The module reads `SOFTHSM2_CONF` when it is initialised; this sets it for
 * the process, so a process has one of these at a time.
 */
export class SoftToken {
  readonly module = MODULE;
  readonly pin = '271828';
  readonly folder: string = mkdtempSync(join(tmpdir(), 'collabnet-token-'));
  readonly configuration: string = join(this.folder, 'softhsm2.conf');

  /** @param labels - one token is made for each */
  constructor(...labels: readonly string[]) {
    if (!existsSync(MODULE)) throw new Error(`${MODULE} is missing: install the Debian package softhsm2 (make setup does)`);
    mkdirSync(join(this.folder, 'tokens'));
    writeFileSync(this.configuration, `directories.tokendir = ${join(this.folder, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`);
    process.env['SOFTHSM2_CONF'] = this.configuration;
    for (const label of labels) this.util('--init-token', '--free', '--label', label, '--so-pin', '31415926', '--pin', this.pin);
  }

  /** Runs softhsm2-util on this token. */
  util(...args: readonly string[]): void {
    execFileSync('softhsm2-util', args, { stdio: 'pipe', env: { ...process.env, SOFTHSM2_CONF: this.configuration } });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
