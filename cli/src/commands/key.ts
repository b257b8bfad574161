import { Token } from '@collabnet/pkcs11';
import { decodeSm2Multikey, encodeSm2Multikey, SmError } from '@collabnet/sm';
import { Option, type Command } from 'commander';
import { PERSON_ROLES, SUBJECT_CODE_PATTERN } from '@collabnet/crds';
import { durationOption } from '../base/duration.ts';
import { CliError } from '../base/errors.ts';
import { print, toYaml, type Format } from '../base/format.ts';
import { confirm, type Io } from '../base/io.ts';
import { fields, table } from '../base/table.ts';
import { findKey, keyDirectory, listKeys, privateKeys, publicKeys, type KeyOptions } from '../keys/keys.ts';
import { personManifest } from '../keys/manifest.ts';
import { personObjectOf } from '../keys/person.ts';
import { nextKeyName, rotatePersonKey } from '../keys/rotate.ts';
import { readPin } from '../keys/passphrase.ts';
import { findTokenKey, makeTokenKey } from '../keys/token-keys.ts';
import { connect, examples, withKeyOptions, withOutput, type AddCommands } from './shared.ts';

interface ManifestOptions {
  readonly manifest?: boolean;
  readonly subjectCode?: string;
  readonly displayName?: string;
  readonly roles?: string[];
  readonly person?: string;
}
interface TokenOptions {
  readonly pkcs11Module?: string;
  readonly token?: string;
  readonly tokenKey: string;
}
type ShowOptions = KeyOptions & ManifestOptions & { output: Format };

export const addKeyCommands: AddCommands = (program, io) => {
  const key = program.command('key').description('your own SM2 keys, kept on this machine under a passphrase or by a token');
  withToken(withManifest(withOutput(withKeyOptions(key.command('create <name>').description('make a key; it is never overwritten')))))
    .addHelpText(
      'after',
      examples(
        'kubectl collabnet key create lin',
        "kubectl collabnet key create lin --manifest --subject-code bank-a.lin --display-name 'Lin Wei' | kubectl apply -f -",
        'kubectl collabnet key create lin --pkcs11-module /usr/lib/softhsm/libsofthsm2.so --token lin',
      ),
    )
    .action(async (name: string, options: ShowOptions & TokenOptions) => {
      checkName(name);
      checkManifest(options);
      await checkFree(name, options);
      const publicKey = options.pkcs11Module === undefined ? await createFile(io, name, options) : await createInToken(io, name, options);
      show(io, name, publicKey, options);
    });
  withManifest(withOutput(withKeyOptions(key.command('show <name>').description('print the public key, or with --manifest a ParticipantDID')))).action(
    async (name: string, options: ShowOptions) => {
      checkManifest(options);
      show(io, name, (await findKey(options, name)).publicKey, options);
    },
  );
  withKeyOptions(key.command('rotate <name>').description('replace your key on every ledger by a new one, signed with the old one'))
    .option('--to <name>', "name of the new key; NAME with the next number, if absent")
    .option('--person <name>', 'your ParticipantDID, where several have the same key')
    .option('--reason <text>', 'why; it goes onto the ledger', 'key rotation')
    .option('--timeout <duration>', 'how long to wait for each ledger', '60s')
    .option('-y, --yes', 'do not ask for confirmation')
    .addHelpText('after', examples('kubectl collabnet key rotate lin', 'kubectl collabnet key rotate lin --to lin-2027'))
    .action((name: string, options: RotateOptions, command: Command) => rotate(io, command, name, options));
  withOutput(withKeyOptions(key.command('list').description('list the keys on this machine'))).action(async (options: KeyOptions & { output: Format }) => {
    const keys = (await listKeys(options)).map(({ name, publicKey, keptBy }) => ({ name, publicKeyMultibase: encodeSm2Multikey(publicKey), keptBy }));
    print(io, options.output, keys, () => (keys.length === 0 ? `no keys in ${keyDirectory(options)}; make one with: kubectl collabnet key create NAME` : table(['NAME', 'PUBLIC KEY', 'KEPT BY'], keys.map((one) => [one.name, one.publicKeyMultibase, one.keptBy]))));
  });
};

interface RotateOptions extends KeyOptions {
  readonly to?: string;
  readonly person?: string;
  readonly reason: string;
  readonly timeout: string;
  readonly yes?: boolean;
}

async function rotate(io: Io, command: Command, name: string, options: RotateOptions): Promise<void> {
  const timeoutMs = durationOption('--timeout', options.timeout);
  const to = options.to ?? nextKeyName(name);
  checkName(to);
  const store = await publicKeys(options);
  const before = await store.publicKey(name);
  const after = (await store.list()).includes(to) ? await store.publicKey(to) : undefined;
  const kube = await connect(command);
  // A run that was interrupted after the last ledger may have changed the object already.
  const person = await personObjectOf(kube, name, before, options.person).catch((error: unknown) => {
    if (after === undefined) throw error;
    return personObjectOf(kube, to, after, options.person);
  });
  io.note(fields([['person', person.metadata.name], ['old key', name], ['new key', to], ['networks', String(person.status?.registered?.length ?? 0)]]));
  await confirm(io, 'Replace the key? Approvals signed with the old one and not on the ledger yet become void.', options.yes ?? false);
  const own = await privateKeys(io, options);
  // Before a key is made under it: a mistyped passphrase must not seal the new key.
  await own.sign(name, 'unlock');
  if (after === undefined) io.note(`made key ${to} in ${keyDirectory(options)}`);
  const publicKeyMultibase = encodeSm2Multikey(after ?? (await own.create(to)));
  for (const network of await rotatePersonKey(kube, person, own, { name, to, reason: options.reason, timeoutMs })) io.note(`the ledger of network ${network} has the new key`);
  await kube.jsonPatch('participantdids', person.metadata.name, [{ op: 'add', path: '/spec/publicKeyMultibase', value: publicKeyMultibase }]).catch((error: unknown) => {
    io.note(`ask the administrator to set spec.publicKeyMultibase of ParticipantDID ${person.metadata.name} to ${publicKeyMultibase}`);
    throw error;
  });
  io.out(`key ${to} has replaced ${name}; use --key ${to} from now on, and delete the file of ${name}`);
}

async function createFile(io: Io, name: string, options: KeyOptions & TokenOptions): Promise<string> {
  if (options.token !== undefined) throw new CliError('USAGE', '--token needs --pkcs11-module PATH, the library of the token');
  const publicKey = await (await privateKeys(io, options, true)).create(name);
  io.note(`made key ${name} in ${keyDirectory(options)}; keep the passphrase: nobody can restore it`);
  return publicKey;
}

async function createInToken(io: Io, name: string, { pkcs11Module: module = '', token: label, tokenKey, ...options }: KeyOptions & TokenOptions): Promise<string> {
  if (label === undefined) throw new CliError('USAGE', '--pkcs11-module needs --token LABEL, the label of the token');
  // Makes the directory.
  await publicKeys(options);
  const token = new Token({ module, token: label, pin: await readPin(io, options.pinFile, label) }, tokenKey);
  const { publicKey, madeSealingKey } = await makeTokenKey(keyDirectory(options), name, token, module);
  if (madeSealingKey) io.note(`made AES key ${tokenKey} in token ${label}; it cannot leave it`);
  io.note(`made key ${name} in ${keyDirectory(options)}; only token ${label} can open it: without the token it is lost`);
  return publicKey;
}

/** One name stands for one key, whatever protects it. @throws SmError KEY_EXISTS */
async function checkFree(name: string, options: KeyOptions): Promise<void> {
  const taken = (await findTokenKey(keyDirectory(options), name)) !== undefined || (await (await publicKeys(options)).list()).includes(name);
  if (taken) throw new SmError('KEY_EXISTS', `key ${name} is there already; choose another name`);
}

function withToken(command: Command): Command {
  return command
    .option('--pkcs11-module <path>', 'seal the key by a token (HSM, smart card): its PKCS#11 library, an absolute path')
    .option('--token <label>', 'with --pkcs11-module: label of the token')
    .option('--token-key <label>', 'with --pkcs11-module: label of the AES key in the token; made when missing', 'collabnet');
}

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
