import { changeId, changeStatementSchema, LONGEST_VOTE_MS, type ChangeStatement, type MembershipChange } from '@collabnet/contracts';
import { newNonce } from '@collabnet/envelope';
import type { Command } from 'commander';
import { durationOption } from '../base/duration.ts';
import { CliError } from '../base/errors.ts';
import { print, type Format } from '../base/format.ts';
import { parseJson } from '../base/parse-json.ts';
import { table } from '../base/table.ts';
import { changeText } from '../decide/change-text.ts';
import { chooseNetwork, readyNetwork, type ReadyNetwork } from '../kube/networks.ts';
import { send, withSending, type SendOptions } from './sending.ts';
import { connect, examples, withOutput, type AddCommands } from './shared.ts';

interface ProposeOptions extends SendOptions {
  readonly network?: string;
  readonly validFor: string;
}

interface VoteOptions extends SendOptions {
  readonly network?: string;
  readonly refuse?: boolean;
}

const CHANGES: readonly { readonly change: MembershipChange; readonly command: string; readonly does: string; readonly consequence: string }[] = [
  { change: 'Suspend', command: 'suspend', does: 'propose to suspend a member, and vote for it', consequence: 'its open tasks end, and it has no rights and no vote until the members reinstate it' },
  { change: 'Reinstate', command: 'reinstate', does: 'propose to take a suspended member back, and vote for it', consequence: 'it has its rights and its vote again' },
  { change: 'Expel', command: 'expel', does: 'propose to expel a member for good, and vote for it', consequence: 'its open tasks end, its keys end, and the hub refuses it; its records stay' },
];

/** Members decide by vote about one of them; subcommands of `network`. */
export const addMembershipCommands: AddCommands = (network, io) => {
  for (const { change, command, does, consequence } of CHANGES) {
    withSending(network.command(`${command} <member>`).description(does))
      .option('--network <name>', 'the CollabNetwork, where there are several')
      .option('--valid-for <duration>', 'how long the members may vote, less than 30d', '7d')
      .addHelpText('after', `\n<member> is its DID, the end of it, or its name. More than half of all members must agree; then ${consequence}.\n${examples(`kubectl collabnet network ${command} bank-b --key zhou --reason 'decided by the board on 3 March'`)}`)
      .action(async (name: string, options: ProposeOptions, called: Command) => {
        const validFor = durationOption('--valid-for', options.validFor);
        if (validFor >= LONGEST_VOTE_MS) throw new CliError('USAGE', `--valid-for ${options.validFor}: the ledger takes less than 30d; leave it out for 7d`);
        const kube = await connect(called);
        const found = readyNetwork(await chooseNetwork(kube, options.network));
        const statement: ChangeStatement = { schema: 'collabnet.dev/membership-change-statement/v1', network: found.id, did: memberOf(found, name), change, nonce: newNonce(), expires: Date.now() + validFor };
        const id = changeId(statement);
        io.note(changeText(found, id, statement));
        await send(io, kube, found, { kind: 'MembershipChange', decision: 'Approve', id, body: { statement }, label: command }, `${command} it? If the members agree, ${consequence}`, options);
        io.note(`the others vote with: kubectl collabnet network vote ${id}`);
      });
  }

  withSending(network.command('vote <id>').description('vote on a change of a membership that another has proposed'))
    .option('--refuse', 'vote against it')
    .option('--network <name>', 'the CollabNetwork, where there are several')
    .addHelpText('after', examples("kubectl collabnet network vote 3f… --key zhou --reason 'the board agrees'"))
    .action(async (id: string, options: VoteOptions, called: Command) => {
      const kube = await connect(called);
      const found = readyNetwork(await chooseNetwork(kube, options.network));
      const statement = pendingStatement(found, id);
      io.note(changeText(found, id, statement));
      const decision = options.refuse === true ? 'Refuse' : 'Approve';
      await send(io, kube, found, { kind: 'MembershipChange', decision, id, body: { statement }, label: 'vote' }, options.refuse === true ? 'Vote against it?' : 'Vote for it?', options);
    });

  withOutput(network.command('changes').description('list changes of memberships that wait for votes').option('--network <name>', 'the CollabNetwork, where there are several')).action(
    async (options: { network?: string; output: Format }, called: Command) => {
      const items = (await chooseNetwork(await connect(called), options.network)).status?.pendingChanges ?? [];
      print(io, options.output, items, () => (items.length === 0 ? 'no changes' : table(['ID', 'CHANGE', 'NAME', 'VOTES', 'NEEDED', 'UNTIL', 'REASON'], items.map((one) => [one.id, one.change, one.displayName, one.votes.length, one.needed, one.expires, one.reason]))));
    },
  );
};

/** @throws CliError NOT_FOUND with the members that there are; AMBIGUOUS when the name fits several */
function memberOf({ name: network, object: { status } }: ReadyNetwork, name: string): string {
  const members = status?.members ?? [];
  const fitting = members.filter(({ did, displayName }) => did === name || did.endsWith(`:${name}`) || displayName === name);
  const [found, other] = fitting;
  if (found === undefined) throw new CliError('NOT_FOUND', `no member ${name} in network ${network}; there are ${members.map(({ did }) => did).join(', ')}`);
  if (other !== undefined) throw new CliError('AMBIGUOUS', `${name} fits several members; give one of ${fitting.map(({ did }) => did).join(', ')}`);
  return found.did;
}

/** What the own operator shows; its digest is recomputed, so that nobody signs another change than is shown. */
function pendingStatement({ name, object: { status } }: ReadyNetwork, id: string): ChangeStatement {
  const pending = status?.pendingChanges ?? [];
  const found = pending.find((one) => one.id === id);
  if (found === undefined) throw new CliError('NOT_FOUND', `no change ${id} waits for votes in network ${name}; ${pending.length === 0 ? 'none waits' : `waiting: ${pending.map((one) => one.id).join(', ')}`}`);
  const parsed = changeStatementSchema.safeParse(parseJson(found.statement));
  if (!parsed.success || changeId(parsed.data) !== id) throw new CliError('REFUSED', `change ${id}: what status.pendingChanges shows is not what its id stands for; somebody has changed the status, so look after the operator before anybody signs`);
  return parsed.data;
}
