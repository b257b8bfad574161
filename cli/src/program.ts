import { Command } from 'commander';
import { EXIT } from './base/errors.ts';
import type { Io } from './base/io.ts';
import { addDataCommands } from './commands/data.ts';
import { addDecideCommands } from './commands/decide.ts';
import { addGrantCommands } from './commands/grant.ts';
import { addKeyCommands } from './commands/key.ts';
import { addLedgerCommands } from './commands/ledger.ts';
import { addNetworkCommands } from './commands/network.ts';
import { addOperatorCommands } from './commands/operators.ts';
import { addRecoveryCommands } from './commands/recovery.ts';
import { addResultCommands } from './commands/result.ts';
import { addTaskCommands } from './commands/task.ts';
import { addTaskExchangeCommands } from './commands/task-exchange.ts';

const EXIT_CODES = `
Exit codes: ${EXIT.ok} done, ${EXIT.failed} failed, ${EXIT.usage} wrong usage, ${EXIT.notFound} not found, ${EXIT.refused} refused, ${EXIT.timeout} timed out, ${EXIT.verification} verification failed
`;

/**
 * All commands. They use the Kubernetes API of the own institution and local files, nothing else.
 *
 * @param name - `kubectl collabnet` or `collabnet`, for the help texts
 */
export function buildProgram(io: Io, name: string): Command {
  const program = new Command(name)
    .description('computation over the data of several institutions: keys, decisions, grants, tasks, results')
    .version('0.1.0')
    .option('-n, --namespace <name>', "namespace of the institution; the context's, if absent")
    .option('--context <name>', 'context of the kubeconfig')
    .option('--kubeconfig <file>', 'kubeconfig file')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.note(text) })
    .showHelpAfterError('(see --help)')
    .addHelpText('after', EXIT_CODES)
    .exitOverride();
  for (const add of [addKeyCommands, addDecideCommands, addGrantCommands, addTaskCommands, addTaskExchangeCommands, addResultCommands, addDataCommands, addNetworkCommands, addLedgerCommands, addRecoveryCommands, addOperatorCommands]) {
    add(program, io);
  }
  inherit(program);
  return program;
}

/** Sub-commands do not inherit these settings where they were added before. */
function inherit(command: Command): void {
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    inherit(child);
  }
}
