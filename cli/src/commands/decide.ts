import type { Command } from 'commander';
import { durationOption } from '../base/duration.ts';
import { CliError } from '../base/errors.ts';
import { print, type Format } from '../base/format.ts';
import { confirm, type Io } from '../base/io.ts';
import { paint } from '../base/text.ts';
import { approvalObject, signDecision } from '../decide/approval.ts';
import { awaitOutcome } from '../decide/await-outcome.ts';
import { loadSubject } from '../decide/load-subject.ts';
import { parseReference } from '../decide/reference.ts';
import { stalenessWarning } from '../kube/networks.ts';
import { connect, examples, signerOf, withSigner, type AddCommands, type SignerOptions } from './shared.ts';

interface DecideOptions extends SignerOptions {
  readonly reason: string;
  readonly network?: string;
  readonly yes?: boolean;
  readonly wait: boolean;
  readonly timeout: string;
  readonly validFor: string;
  readonly dryRun?: boolean;
  readonly output: Format;
}

const SUBJECTS = `
TARGET is one of
  NAME or task/NAME         a ComputeTask that waits for consent
  join/ID                   a request to join the network
  algorithm/NAME@VERSION    an algorithm that a member registered
  person/NAME               a ParticipantDID of a new person of this institution
`;

export const addDecideCommands: AddCommands = (program, io) => {
  for (const [verb, decision] of [['approve', 'Approve'], ['refuse', 'Refuse']] as const) {
    withSigner(program.command(`${verb} <target>`))
      .description(`${verb} a task, a join, an algorithm or a person, signed with your own key`)
      .requiredOption('--reason <text>', 'why; it goes onto the ledger with the decision')
      .option('--network <name>', 'the CollabNetwork, where there are several (join, algorithm, person)')
      .option('-y, --yes', 'do not ask for confirmation')
      .option('--no-wait', 'do not wait until the ledger has taken the decision')
      .option('--timeout <duration>', 'how long to wait', '60s')
      .option('--valid-for <duration>', 'how long the signature may be submitted', '1h')
      .option('--dry-run', 'print the signed Approval and do not create it')
      .option('-o, --output <format>', 'with --dry-run: yaml or json', 'yaml')
      .addHelpText('after', SUBJECTS + examples(`kubectl collabnet ${verb} common-customers --key lin --reason 'Committee of 20 November'`, `kubectl collabnet ${verb} algorithm/psi@1.0.0 --key lin --reason 'Reviewed'`))
      .action((target: string, options: DecideOptions, command: Command) => decide(io, command, target, decision, options));
  }
};

async function decide(io: Io, command: Command, target: string, decision: 'Approve' | 'Refuse', options: DecideOptions): Promise<void> {
  const [validFor, timeout] = [durationOption('--valid-for', options.validFor), durationOption('--timeout', options.timeout)];
  const reference = parseReference(target);
  if (decision === 'Refuse' && reference.kind === 'Person') throw new CliError('USAGE', 'a person is not refused on the ledger; simply do not approve');
  const kube = await connect(command);
  const subject = await loadSubject(kube, reference, options.network);
  const signer = await signerOf(kube, io, options, subject.network.id);
  io.note(subject.description);
  const stale = stalenessWarning(subject.network.object, Date.now());
  for (const warning of [...subject.warnings, ...(stale === undefined ? [] : [stale])]) io.note(paint(io.colour, 'yellow', `warning: ${warning}`));
  const verb = decision === 'Approve' ? 'agree to' : 'refuse';
  await confirm(io, `As ${signer.did}, ${verb} this?`, options.yes ?? false);

  const expires = Math.min(Date.now() + validFor, subject.deadline ?? Infinity);
  if (expires <= Date.now()) throw new CliError('REFUSED', 'the deadline for this decision has passed');
  const spec = await signDecision({ network: subject.network, subject: subject.subject, decision, reason: options.reason, signer, expires, ...(subject.body === undefined ? {} : { body: subject.body }) }, signer.sign);
  const approval = approvalObject(spec, subject.label, subject.owner);
  if (options.dryRun) {
    print(io, options.output === 'json' ? 'json' : 'yaml', approval, () => '');
    return;
  }
  await kube.create('approvals', approval);
  if (!options.wait) {
    io.out(`approval/${approval.metadata.name} created`);
    return;
  }
  const outcome = await awaitOutcome(kube, approval.metadata.name, timeout);
  io.out(`${paint(io.colour, 'green', decision === 'Approve' ? 'approved' : 'refused')}: ${outcome} (approval/${approval.metadata.name})`);
}
