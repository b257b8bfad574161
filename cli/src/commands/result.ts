import type { ComputeTask } from '@collabnet/crds';
import type { Command } from 'commander';
import { CliError } from '../base/errors.ts';
import { print, type Format } from '../base/format.ts';
import { bytes } from '../base/text.ts';
import { table } from '../base/table.ts';
import { readyNetwork } from '../kube/networks.ts';
import { forward, readyPod } from '../kube/port-forward.ts';
import { chooseResult } from '../results/choose.ts';
import { connect, examples, signerOf, withOutput, withSigner, type AddCommands, type SignerOptions } from './shared.ts';

const PORT = 8443;
const PODS = 'app.kubernetes.io/part-of=collabnet,app.kubernetes.io/component=result-store';

interface GetOptions extends SignerOptions {
  readonly step?: string;
  readonly output?: string;
  readonly outFile: string;
}

export const addResultCommands: AddCommands = (program, io) => {
  const result = program.command('result').description("results in this institution's result store");
  withOutput(result.command('list').description('list results')).action(async (options: { output: Format }, command: Command) => {
    const tasks = await (await connect(command)).list<ComputeTask>('computetasks');
    const results = tasks.flatMap((task) => (task.status?.results ?? []).map((one) => ({ task: task.metadata.name, ...one })));
    print(io, options.output, results, () => (results.length === 0 ? 'no results' : table(['TASK', 'STEP', 'OUTPUT', 'ROWS', 'SIZE'], results.map((one) => [one.task, one.step, one.output, one.rows, bytes(one.bytes)]))));
  });
  withSigner(result.command('get <task>'))
    .description('fetch a result into a file; the request is signed with your own key')
    .requiredOption('-o, --out-file <file>', "file to write, '-' for standard output")
    .option('--step <name>', 'step, where there are several')
    .option('--output <name>', 'output, where there are several')
    .addHelpText('after', examples('kubectl collabnet result get common-customers -o common.csv --key lin', 'kubectl collabnet result get common-customers --step match --output common -o - --key lin | head'))
    .action(async (name: string, options: GetOptions, command: Command) => {
      const kube = await connect(command);
      const task = await kube.get<ComputeTask>('computetasks', name);
      const chosen = chooseResult(task, options.step, options.output);
      const flow = task.status?.flowID;
      if (flow === undefined) throw new CliError('NOT_READY', `task ${name} is not on the ledger yet`);
      const network = readyNetwork(await kube.get('collabnetworks', task.spec.networkRef.name));
      const signer = await signerOf(kube, io, options, network.id);
      const ca = (await kube.secret('institution-ca'))['ca.crt']?.toString('utf8');
      if (ca === undefined) throw new CliError('NOT_READY', 'Secret institution-ca has no ca.crt yet; wait until the operator has made it');
      // Loaded only here: certificates and signatures of requests take long to load.
      const { fetchResult } = await import('../results/fetch-result.ts');
      const tunnel = await forward(kube, await readyPod(kube, PODS, 'result store'), PORT);
      try {
        const { did, keyId } = signer;
        const request = { port: tunnel.port, ca, serverName: `result-store.${kube.namespace}.svc`, flow, step: chosen.step, output: chosen.output, signer: { did, keyId }, sign: signer.sign };
        const fetched = await fetchResult(request, options.outFile);
        io.note(`${chosen.step}/${chosen.output}: ${bytes(fetched.bytes)}${chosen.rows === undefined ? '' : `, ${chosen.rows} rows`}, sha256 ${fetched.sha256}`);
      } finally {
        await tunnel.close();
      }
    });
};
