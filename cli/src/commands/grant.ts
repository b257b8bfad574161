import { API_VERSION, type CollabNetwork, type DataAsset } from '@collabnet/crds';
import { OPERATORS } from '@collabnet/flow';
import { Option, type Command } from 'commander';
import { durationOption } from '../base/duration.ts';
import { CliError } from '../base/errors.ts';
import { print, type Format } from '../base/format.ts';
import { confirm, type Io } from '../base/io.ts';
import { paint, shortDid } from '../base/text.ts';
import { table } from '../base/table.ts';
import { grantFrom, signGrant, type GrantOptions } from '../grants/build.ts';
import { describeGrant, grantRows } from '../grants/describe.ts';
import type { Kube } from '../kube/kube.ts';
import { readyNetwork } from '../kube/networks.ts';
import { waitFor } from '../kube/wait.ts';
import { revokeGrant, type RevokeOptions } from './grant-revoke.ts';
import { connect, examples, signerOf, withKeyOptions, withOutput, withSigner, type AddCommands, type SignerOptions } from './shared.ts';

interface CreateOptions extends GrantOptions, SignerOptions {
  readonly reason: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly validFor: string;
  readonly wait: boolean;
  readonly timeout: string;
  readonly output: Format;
}

export const addGrantCommands: AddCommands = (program, io) => {
  const grant = program.command('grant').description('standing grants of your data assets');
  withSigner(grant.command('create <asset>'))
    .description('sign a standing grant and add it to the DataAsset')
    .requiredOption('--to <did>', 'institution that may use the asset')
    .requiredOption('--purpose <text>', 'the purpose; a task must state exactly this text')
    .requiredOption('--algorithm <name@version...>', 'algorithms allowed; NAME@* for every approved version')
    .option('--count <n>', 'number of uses')
    .option('--for <duration>', 'valid from now for this long, e.g. 30d')
    .option('--from <time>', 'not valid before this time')
    .option('--until <time>', 'not valid from this time on')
    .option('--trust-model <name...>', 'trust models accepted', ['TwoPartySemiHonest'])
    .option('--wire-profile <name...>', 'wire profiles accepted: intl, gm')
    .option('--key-columns <name...>', 'columns that may be join keys')
    .option('--payload-columns <name...>', 'columns that may appear in a result')
    .option('--receivers <did...>', 'institutions that may receive the result')
    .option('--compute-parties <did...>', 'institutions that may compute')
    .option('--operators <name...>', `operators accepted, by default any but those that open values of single rows: ${OPERATORS.join(', ')}`)
    .option('--minimum-set-size <n>', 'results with fewer rows are withheld')
    .option('--id <id>', 'id of the grant; a random one, if absent')
    .option('--reason <text>', 'why; it goes onto the ledger', 'standing grant')
    .option('-y, --yes', 'do not ask for confirmation')
    .option('--valid-for <duration>', 'how long the signature may be submitted', '23h')
    .option('--dry-run', 'print the signed entry for GitOps and do not change the cluster')
    .option('--no-wait', 'do not wait until the grant is on the ledger')
    .option('--timeout <duration>', 'how long to wait', '60s')
    .addOption(new Option('-o, --output <format>', 'with --dry-run: yaml or json').choices(['yaml', 'json']).default('yaml'))
    .addHelpText('after', examples("kubectl collabnet grant create customers --to did:collab:…:bank-b --purpose 'Joint credit limits' \\", '    --algorithm psi@1.0.0 --count 10 --for 30d --key lin', 'kubectl collabnet grant create customers --to DID --purpose TEXT --algorithm psi@* --until 2027-01-01 --key lin --dry-run'))
    .action((asset: string, options: CreateOptions, command: Command) => create(io, command, asset, options));
  withKeyOptions(grant.command('revoke <asset> <id>'))
    .description('withdraw a grant for ever; open tasks that use it end')
    .option('--key <name>', 'your key: needed for a consent given to one task, which is not in the DataAsset')
    .option('--person <name>', 'your ParticipantDID, where several have the same key')
    .option('--reason <text>', 'why; it goes onto the ledger', 'revoked')
    .option('-y, --yes', 'do not ask for confirmation')
    .option('--timeout <duration>', 'how long to wait for the ledger', '60s')
    .addHelpText('after', examples('kubectl collabnet grant revoke customers 6f1c…', 'kubectl collabnet grant revoke customers single-1a2b… --key lin'))
    .action((asset: string, id: string, options: RevokeOptions, command: Command) => revokeGrant(io, command, asset, id, options));
  withOutput(grant.command('list [asset]').description('list grants and their use')).action(async (asset: string | undefined, options: { output: Format }, command: Command) => {
    const kube = await connect(command);
    const rows = grantRows(asset === undefined ? await kube.list<DataAsset>('dataassets') : [await kube.get<DataAsset>('dataassets', asset)]);
    print(io, options.output, rows, () =>
      rows.length === 0 ? 'no grants' : table(['ASSET', 'ID', 'GRANTEE', 'STATE', 'USES', 'FORM', 'PURPOSE'], rows.map((row) => [row.asset, row.id, shortDid(row.grantee), row.state, row.uses, row.form, row.message ?? row.purpose])),
    );
  });
};

async function create(io: Io, command: Command, name: string, options: CreateOptions): Promise<void> {
  const [validFor, timeout] = [durationOption('--valid-for', options.validFor), durationOption('--timeout', options.timeout)];
  const kube = await connect(command);
  const asset = await kube.get<DataAsset>('dataassets', name);
  const assetId = asset.status?.assetID;
  if (assetId === undefined) throw new CliError('NOT_READY', `DataAsset ${name} has no status.assetID yet; see kubectl describe dataasset ${name}`);
  const network = readyNetwork(await kube.get<CollabNetwork>('collabnetworks', asset.spec.networkRef.name));
  const signer = await signerOf(kube, io, options, network.id);
  const grant = grantFrom(options, asset, Date.now());
  if (asset.spec.grants.some(({ id }) => id === grant.id)) throw new CliError('USAGE', `--id ${grant.id}: DataAsset ${name} has a grant of this id; an id is used once`);
  io.note(describeGrant(assetId, grant));
  await confirm(io, `As ${signer.did}, sign this grant?`, options.yes ?? false);
  const signed = await signGrant(grant, { asset: assetId, network, signer, reason: options.reason, expires: Date.now() + validFor }, signer.sign);
  if (options.dryRun) {
    io.note(`add this to spec.grants of DataAsset ${name} and apply it within ${options.validFor}: until then the signature may be submitted`);
    print(io, options.output, options.output === 'json' ? signed : [signed], () => '');
    return;
  }
  // One field manager per grant: other tools that apply the DataAsset leave the entry alone.
  const body = { apiVersion: API_VERSION, kind: 'DataAsset', metadata: { name }, spec: { grants: [signed] } };
  await kube.apply('dataassets', name, body, `collabnet-grant-${grant.id}`);
  if (!options.wait) io.out(`grant ${grant.id} added to dataasset/${name}`);
  else io.out(`${paint(io.colour, 'green', 'granted')}: ${grant.id} is ${await grantState(kube, name, grant.id, timeout)}`);
}

async function grantState(kube: Kube, asset: string, id: string, timeoutMs: number): Promise<string> {
  return waitFor(
    () => kube.get<DataAsset>('dataassets', asset),
    ({ status }) => {
      const seen = status?.grants?.find((one) => one.id === id);
      if (seen?.state === 'Invalid') throw new CliError('REFUSED', `the ledger refused grant ${id}: ${seen.message ?? 'no reason given'}`);
      return seen === undefined || seen.state === 'Pending' ? undefined : seen.state;
    },
    timeoutMs,
    `the registration of grant ${id} on the ledger`,
  );
}
