import { decodeSm2Multikey, encodeSm2Multikey } from '@collabnet/sm';
import { Option, type Command } from 'commander';
import { PERSON_ROLES, SUBJECT_CODE_PATTERN } from '@collabnet/crds';
import { CliError } from '../base/errors.ts';
import { print, toYaml, type Format } from '../base/format.ts';
import type { Io } from '../base/io.ts';
import { fields, table } from '../base/table.ts';
import { keyDirectory, privateKeys, publicKeys, type KeyOptions } from '../keys/keys.ts';
import { personManifest } from '../keys/manifest.ts';
import { examples, withKeyOptions, withOutput, type AddCommands } from './shared.ts';

interface ManifestOptions {
  readonly manifest?: boolean;
  readonly subjectCode?: string;
  readonly displayName?: string;
  readonly roles?: string[];
  readonly person?: string;
}
type ShowOptions = KeyOptions & ManifestOptions & { output: Format };

export const addKeyCommands: AddCommands = (program, io) => {
  const key = program.command('key').description('your own SM2 keys, kept on this machine under a passphrase');
  withManifest(withOutput(withKeyOptions(key.command('create <name>').description('make a key; it is never overwritten'))))
    .addHelpText('after', examples('kubectl collabnet key create lin', "kubectl collabnet key create lin --manifest --subject-code bank-a.lin --display-name 'Lin Wei' | kubectl apply -f -"))
    .action(async (name: string, options: ShowOptions) => {
      checkName(name);
      checkManifest(options);
      const store = await privateKeys(io, options, true);
      const publicKey = await store.create(name);
      io.note(`made key ${name} in ${keyDirectory(options)}; keep the passphrase: nobody can restore it`);
      show(io, name, publicKey, options);
    });
  withManifest(withOutput(withKeyOptions(key.command('show <name>').description('print the public key, or with --manifest a ParticipantDID')))).action(
    async (name: string, options: ShowOptions) => {
      checkManifest(options);
      show(io, name, await (await publicKeys(options)).publicKey(name), options);
    },
  );
  withOutput(withKeyOptions(key.command('list').description('list the keys on this machine'))).action(async (options: KeyOptions & { output: Format }) => {
    const store = await publicKeys(options);
    const keys = await Promise.all((await store.list()).map(async (name) => ({ name, publicKeyMultibase: encodeSm2Multikey(await store.publicKey(name)) })));
    print(io, options.output, keys, () => (keys.length === 0 ? `no keys in ${keyDirectory(options)}; make one with: kubectl collabnet key create NAME` : table(['NAME', 'PUBLIC KEY'], keys.map((one) => [one.name, one.publicKeyMultibase]))));
  });
};

function withManifest(command: Command): Command {
  return command
    .option('--manifest', 'print a ParticipantDID for the administrator to apply')
    .option('--subject-code <code>', 'with --manifest: <institution code>.<your name>')
    .option('--display-name <text>', 'with --manifest: your name')
    .addOption(new Option('--roles <role...>', 'with --manifest').choices([...PERSON_ROLES]).default(['DataManager']))
    .option('--person <name>', "with --manifest: the object's name; the subject code with '-' in place of '.', if absent");
}

/** The name becomes a file name and is typed often. */
function checkName(name: string): void {
  if (!/^[a-z0-9][a-z0-9._-]{0,62}$/i.test(name)) throw new CliError('USAGE', `${name}: a key name has up to 63 letters, digits, '.', '_' and '-'`);
}

function checkManifest({ manifest, subjectCode }: ManifestOptions): void {
  if (!manifest) return;
  if (subjectCode === undefined) throw new CliError('USAGE', '--manifest needs --subject-code <institution code>.<your name>');
  if (!SUBJECT_CODE_PATTERN.test(subjectCode) || !subjectCode.includes('.')) {
    throw new CliError('USAGE', `--subject-code ${subjectCode}: write <institution code>.<your name> in lower case, e.g. bank-a.lin`);
  }
}

function show(io: Io, name: string, publicKey: string, options: ShowOptions): void {
  const publicKeyMultibase = encodeSm2Multikey(publicKey);
  decodeSm2Multikey(publicKeyMultibase);
  if (options.manifest && options.subjectCode !== undefined) {
    const details = { name: options.person ?? options.subjectCode.replaceAll('.', '-'), subjectCode: options.subjectCode, displayName: options.displayName ?? options.subjectCode, roles: options.roles ?? [], publicKeyMultibase };
    const manifest = personManifest(details);
    io.out(options.output === 'json' ? JSON.stringify(manifest, null, 2) : toYaml(manifest));
    return;
  }
  print(io, options.output, { name, publicKeyMultibase }, () => fields([['name', name], ['publicKeyMultibase', publicKeyMultibase]]));
}
