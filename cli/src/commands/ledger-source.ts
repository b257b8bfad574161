import type { CollabNetwork } from '@collabnet/crds';
import { Option, type Command } from 'commander';
import { CliError } from '../base/errors.ts';
import { chooseNetwork } from '../kube/networks.ts';
import { LedgerSource } from '../ledger/source.ts';
import { connect } from './shared.ts';

interface SourceOptions {
  readonly network?: string;
  readonly server?: string;
}

/** Adds `--network`. */
export function withNetwork(command: Command): Command {
  return command.option('--network <name>', 'the CollabNetwork, where there are several');
}

/** Adds `--server`. */
export function withServer(command: Command): Command {
  return command.addOption(
    new Option('--server <url>', 'ledger view of an operator that is forwarded already (kubectl port-forward deploy/operator 8082), such as http://127.0.0.1:8082; needs --network').env('COLLABNET_LEDGER_VIEW'),
  );
}

/** Where an option names the view, no cluster is asked. @throws CliError */
export async function openSource(command: Command, { server, network: name }: SourceOptions): Promise<{ source: LedgerSource; network?: CollabNetwork }> {
  if (server === undefined) {
    const kube = await connect(command);
    const network = await chooseNetwork(kube, name);
    return { source: await LedgerSource.operator(kube, network), network };
  }
  if (name === undefined) throw new CliError('USAGE', '--server: needs --network, the name of the CollabNetwork there');
  if (!URL.canParse(server)) throw new CliError('USAGE', `--server ${server}: write an address such as http://127.0.0.1:8082`);
  return { source: new LedgerSource(new URL(`/v1/networks/${name}/`, server)) };
}
