import type { ApprovalKind, JsonObject } from '@collabnet/envelope';
import type { Command } from 'commander';
import { durationOption } from '../base/duration.ts';
import { confirm, type Io } from '../base/io.ts';
import { sendDecision } from '../decide/send.ts';
import type { Kube } from '../kube/kube.ts';
import type { ReadyNetwork } from '../kube/networks.ts';
import { signerOf, withSigner, type SignerOptions } from './shared.ts';

/** Options of a command by which a person decides. */
export interface SendOptions extends SignerOptions {
  readonly reason: string;
  readonly yes?: boolean;
  readonly timeout: string;
}

/** Adds the options of the signer, `--reason`, `--yes` and `--timeout`. */
export function withSending(command: Command): Command {
  return withSigner(command)
    .requiredOption('--reason <text>', 'why; it goes onto the ledger')
    .option('-y, --yes', 'do not ask for confirmation')
    .option('--timeout <duration>', 'how long to wait', '60s');
}

/** A decision about something whose digest is its id. */
export interface Act {
  readonly kind: ApprovalKind;
  readonly decision: 'Approve' | 'Refuse';
  readonly id: string;
  readonly body: JsonObject;
  /** Beginning of the Approval's name. */
  readonly label: string;
}

/** Asks the person, signs, and waits for the ledger. */
export async function send(io: Io, kube: Kube, network: ReadyNetwork, { kind, decision, id, body, label }: Act, question: string, options: SendOptions): Promise<void> {
  const timeoutMs = durationOption('--timeout', options.timeout);
  const signer = await signerOf(kube, io, options, network.id);
  await confirm(io, `As ${signer.did}: ${question}`, options.yes ?? false);
  const subject = { kind, id, digest: id };
  io.out(await sendDecision(kube, { network, subject, decision, reason: options.reason, signer, expires: Date.now() + 3_600_000, body }, signer.sign, `${label}-${id.slice(0, 8)}`, timeoutMs));
}
