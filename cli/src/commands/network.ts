import type { CollabNetwork } from '@collabnet/crds';
import type { Command } from 'commander';
import { CliError } from '../base/errors.ts';
import { print, toYaml, type Format } from '../base/format.ts';
import { confirm } from '../base/io.ts';
import { table } from '../base/table.ts';
import { joinRequestText } from '../decide/join-request-text.ts';
import { chooseNetwork } from '../kube/networks.ts';
import { addAlgorithmCommands } from './algorithm.ts';
import { addMembershipCommands } from './membership.ts';
import { connect, examples, withOutput, type AddCommands } from './shared.ts';

export const addNetworkCommands: AddCommands = (program, io) => {
  const network = program.command('network').description('who is in a network and what it has agreed on');
  const list = <T>(name: string, description: string, pick: (found: CollabNetwork) => T[] | undefined, header: string[], row: (one: T) => (string | number | undefined)[]): void => {
    withOutput(network.command(name).description(description).option('--network <name>', 'the CollabNetwork, where there are several')).action(
      async (options: { network?: string; output: Format }, command: Command) => {
        const items = pick(await chooseNetwork(await connect(command), options.network)) ?? [];
        print(io, options.output, items, () => (items.length === 0 ? `no ${name}` : table(header, items.map(row))));
      },
    );
  };
  list('members', 'list the members', ({ status }) => status?.members, ['NAME', 'STATE', 'ROLES', 'DID'], (one) => [one.displayName, one.state, one.roles?.join(','), one.did]);
  list('joins', 'list requests to join that wait for votes', ({ status }) => status?.pendingJoins, ['ID', 'NAME', 'VOTES', 'NEEDED', 'PEERS', 'DID'], (one) => [one.id, one.displayName, one.votes?.length, one.needed, one.organisation?.peers.join(','), one.did]);
  list('algorithms', 'list the algorithms', ({ status }) => status?.algorithms, ['ALGORITHM', 'STATE', 'ENGINE', 'OPERATORS', 'VOTES', 'LEAKS'], (one) => [`${one.name}@${one.version}`, one.state, one.engine, one.operators?.join(','), one.votes?.length, one.leakage]);

  withOutput(network.command('request').description('show the request of this institution while it is not a member: read it out to who votes').option('--network <name>', 'the CollabNetwork, where there are several')).action(
    async (options: { network?: string; output: Format }, command: Command) => {
      const { metadata, status } = await chooseNetwork(await connect(command), options.network);
      const request = status?.joinRequest;
      if (request === undefined) throw new CliError('NOT_FOUND', `${metadata.name} has no request to join that waits; see kubectl describe collabnetwork ${metadata.name}`);
      print(io, options.output, request, () => joinRequestText(request));
    },
  );

  network
    .command('leave <name>')
    .description('leave the network for ever: sets spec.leave of the CollabNetwork')
    .option('-y, --yes', 'do not ask for confirmation')
    .addHelpText('after', examples('kubectl collabnet network leave demo'))
    .action(async (name: string, options: { yes?: boolean }, command: Command) => {
      const kube = await connect(command);
      const { spec, status } = await kube.get<CollabNetwork>('collabnetworks', name);
      if (spec.founding !== undefined) throw new CliError('REFUSED', `this institution founded ${name} and hosts its hub and ledger; it cannot leave`);
      if (status?.membership === 'Left') return io.out(`${name} was left already`);
      io.note(`${spec.displayName}: open tasks are given up, the keys of ${status?.did ?? 'this institution'} end there, and the hub refuses it from then on`);
      await confirm(io, 'Leave this network for ever?', options.yes ?? false);
      await kube.jsonPatch('collabnetworks', name, [{ op: 'add', path: '/spec/leave', value: true }]);
      io.out(`leaving ${name}; see kubectl describe collabnetwork ${name}`);
    });
  addMembershipCommands(network, io);
  addAlgorithmCommands(program, io);

  program
    .command('invitation')
    .description('invitations of this institution')
    .command('export <name>')
    .description('print the Secret with an invitation, to hand over to the institution invited')
    .option('--network <name>', 'the CollabNetwork, where there are several')
    .addHelpText('after', examples('kubectl collabnet invitation export bank-b > invitation.yaml', 'kubectl -n bank-b apply -f invitation.yaml'))
    .action(async (name: string, options: { network?: string }, command: Command) => {
      const kube = await connect(command);
      const found = await chooseNetwork(kube, options.network);
      const invitation = found.status?.invitations?.find((one) => one.name === name);
      if (invitation?.secretName === undefined) {
        const declared = found.spec.invitations.map((one) => one.name);
        throw declared.includes(name)
          ? new CliError('NOT_READY', `invitation ${name} is not issued yet; see kubectl describe collabnetwork ${found.metadata.name}`)
          : new CliError('NOT_FOUND', `no invitation ${name} in spec.invitations of CollabNetwork ${found.metadata.name}; it has ${declared.join(', ') || 'none'}`);
      }
      if (invitation.state !== 'Issued') throw new CliError('REFUSED', `invitation ${name} is ${invitation.state}; add another to spec.invitations`);
      const data = await kube.secret(invitation.secretName);
      const encoded = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, value.toString('base64')]));
      io.out(toYaml({ apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata: { name: invitation.secretName }, data: encoded }));
      io.note(`this is a credential: whoever holds it can ask to join, once${invitation.expires === undefined ? '' : `, until ${invitation.expires}`}; hand it over on a safe way`);
    });
};
