import { recoveryId, recoveryText } from '@collabnet/contracts';
import type { ParticipantDID } from '@collabnet/crds';
import type { Command } from 'commander';
import { durationOption } from '../base/duration.ts';
import { CliError } from '../base/errors.ts';
import { confirm, type Io } from '../base/io.ts';
import { networkWithId } from '../decide/send.ts';
import { privateKeys, publicKeys, type KeyOptions } from '../keys/keys.ts';
import { chooseNetwork, readyNetwork, type ReadyNetwork } from '../kube/networks.ts';
import type { Kube } from '../kube/kube.ts';
import { describeStatement, readSignature, readStatement } from '../recovery/files.ts';
import { recoveryStatement } from '../recovery/statement.ts';
import { send, withSending, type SendOptions } from './sending.ts';
import { connect, examples, withKeyOptions, type AddCommands } from './shared.ts';

/** Approvals are named after it. */
const LABEL = 'recovery';

const WHAT = `
For an institution whose operator has lost its keys, or lost them to somebody:
  1. 'request' prints a statement that names the keys its operator holds now.
  2. Each holder of a recovery key checks it and signs it, on a machine of one's own: 'sign'.
  3. A person of any member brings statement and signatures to the ledger: 'submit'.
  4. After the lock of the network (24h) the operator takes over by itself.
Where the recovery keys are lost too, or vetoed, persons of the other members 'vote' instead of 2 and 3.
`;

interface RecoveryOptions extends SendOptions {
  readonly network?: string;
  readonly refuse?: boolean;
}

export const addRecoveryCommands: AddCommands = (program, io) => {
  const recovery = program.command('recovery').description("replace an institution's keys that are lost or stolen").addHelpText('after', WHAT);
  recovery
    .command('request <participant>')
    .description('print the statement to be signed, for a ParticipantDID of type Institution')
    .option('--network <name>', 'the CollabNetwork, where there are several')
    .option('--valid-for <duration>', 'how long signatures and votes may be sent', '7d')
    .addHelpText('after', examples('kubectl collabnet recovery request bank-a > recovery.json'))
    .action((name: string, options: { network?: string; validFor: string }, command: Command) => request(io, command, name, options));
  withKeyOptions(recovery.command('sign <file>').description('sign a statement with a recovery key; needs no cluster').requiredOption('--key <name>', 'name of your recovery key'))
    .option('-y, --yes', 'do not ask for confirmation')
    .addHelpText('after', examples('kubectl collabnet recovery sign recovery.json --key recovery-li > li.json'))
    .action((file: string, options: KeyOptions & { key: string; yes?: boolean }) => sign(io, file, options));
  withSending(recovery.command('submit <file> <signatures...>').description('bring a statement with its signatures to the ledger'))
    .addHelpText('after', examples("kubectl collabnet recovery submit recovery.json li.json wang.json --key lin --reason 'key Secret lost'"))
    .action((file: string, signatures: string[], options: RecoveryOptions, command: Command) => submit(io, command, file, signatures, options));
  withSending(recovery.command('vote <file>').description("vote as another member to replace the institution's keys"))
    .option('--refuse', 'vote against it, or take a vote back')
    .addHelpText('after', examples("kubectl collabnet recovery vote recovery.json --key zhou --reason 'confirmed by telephone'"))
    .action((file: string, options: RecoveryOptions, command: Command) => vote(io, command, file, options));
  withSending(recovery.command('veto <id>').description('stop a vote of the other members about your institution, as a person of it'))
    .option('--network <name>', 'the CollabNetwork, where there are several')
    .addHelpText('after', examples("kubectl collabnet recovery veto 3f… --key lin --reason 'nothing is lost'"))
    .action((id: string, options: RecoveryOptions, command: Command) => veto(io, command, id, options));
};

async function request(io: Io, command: Command, name: string, options: { network?: string; validFor: string }): Promise<void> {
  const validFor = durationOption('--valid-for', options.validFor);
  const kube = await connect(command);
  const network = readyNetwork(await chooseNetwork(kube, options.network));
  const statement = recoveryStatement(await kube.get<ParticipantDID>('participantdids', name), network.id, Date.now() + validFor);
  io.note(describeStatement(recoveryId(statement), statement));
  io.note('it contains no secret; hand it to the holders of the recovery keys, and read the new keys out to them by another way');
  io.out(JSON.stringify(statement, null, 2));
}

async function sign(io: Io, file: string, options: KeyOptions & { key: string; yes?: boolean }): Promise<void> {
  const statement = await readStatement(file);
  const key = await (await publicKeys(options)).publicKey(options.key);
  io.note(describeStatement(recoveryId(statement), statement));
  await confirm(io, 'Sign that these keys take the place of those of the institution?', options.yes ?? false);
  const signature = await (await privateKeys(io, options)).sign(options.key, recoveryText(statement));
  io.out(JSON.stringify({ key, signature }, null, 2));
}

async function submit(io: Io, command: Command, file: string, files: string[], options: RecoveryOptions): Promise<void> {
  const statement = await readStatement(file);
  const signatures = await Promise.all(files.map(readSignature));
  const kube = await connect(command);
  const network = await networkOf(kube, statement.network);
  const id = recoveryId(statement);
  io.note(describeStatement(id, statement));
  await send(io, kube, network, { kind: 'Recovery', decision: 'Approve', id, body: { statement, signatures }, label: LABEL }, `Send it with ${signatures.length} signature(s)?`, options);
}

async function vote(io: Io, command: Command, file: string, options: RecoveryOptions): Promise<void> {
  const statement = await readStatement(file);
  const kube = await connect(command);
  const network = await networkOf(kube, statement.network);
  const id = recoveryId(statement);
  io.note(describeStatement(id, statement));
  io.note('make sure by another way that this comes from the institution: a majority of such votes hands its identity to whoever holds these keys');
  const decision = options.refuse === true ? 'Refuse' : 'Approve';
  await send(io, kube, network, { kind: 'RecoveryVote', decision, id, body: { statement }, label: LABEL }, options.refuse === true ? 'Vote against it?' : 'Vote for it?', options);
}

async function veto(io: Io, command: Command, id: string, options: RecoveryOptions): Promise<void> {
  const kube = await connect(command);
  const network = readyNetwork(await chooseNetwork(kube, options.network));
  const { did, pendingRecoveries } = network.object.status ?? {};
  if (did === undefined || pendingRecoveries?.some((one) => one.id === id && one.did === did) !== true) {
    throw new CliError('NOT_FOUND', `no recovery ${id} of this institution waits in network ${network.name}; see kubectl describe collabnetwork ${network.name}`);
  }
  await send(io, kube, network, { kind: 'Recovery', decision: 'Refuse', id, body: { did }, label: LABEL }, `Stop recovery ${id}?`, options);
}

async function networkOf(kube: Kube, id: string): Promise<ReadyNetwork> {
  const network = await networkWithId(kube, id);
  if (network !== undefined) return network;
  throw new CliError('NOT_FOUND', `no CollabNetwork in namespace ${kube.namespace} is network ${id}, which the statement is for`);
}
