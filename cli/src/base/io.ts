import { createInterface } from 'node:readline/promises';
import { CliError } from './errors.ts';

/** Everything a command says and asks. Results go to `out`, everything else to `note`. */
export interface Io {
  /** Whether questions can be asked. */
  readonly interactive: boolean;
  readonly colour: boolean;
  out(text: string): void;
  note(text: string): void;
  ask(question: string): Promise<string>;
  askHidden(question: string): Promise<string>;
}

export class TerminalIo implements Io {
  readonly interactive = process.stdin.isTTY && process.stderr.isTTY;
  readonly colour = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;

  out(text: string): void {
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  }

  note(text: string): void {
    process.stderr.write(text.endsWith('\n') ? text : `${text}\n`);
  }

  async ask(question: string): Promise<string> {
    const reader = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return await reader.question(question);
    } finally {
      reader.close();
    }
  }

  askHidden(question: string): Promise<string> {
    process.stderr.write(question);
    const { stdin } = process;
    stdin.setRawMode(true);
    stdin.setEncoding('utf8');
    stdin.resume();
    return new Promise((resolve, reject) => {
      let typed = '';
      const finish = (): void => {
        stdin.off('data', onData);
        stdin.setRawMode(false);
        stdin.pause();
        process.stderr.write('\n');
      };
      const onData = (chunk: string): void => {
        for (const character of chunk) {
          if (character === '\r' || character === '\n') {
            finish();
            resolve(typed);
            return;
          }
          if (character === '\u0003') {
            finish();
            reject(new CliError('NOT_CONFIRMED', 'interrupted'));
            return;
          }
          typed = character === '\u007f' ? typed.slice(0, -1) : typed + character;
        }
      };
      stdin.on('data', onData);
    });
  }
}

/**
 * Asks before something that cannot be undone.
 *
 * @throws CliError NOT_CONFIRMED, also when nobody can be asked
 */
export async function confirm(io: Io, question: string, yes: boolean): Promise<void> {
  if (yes) return;
  if (!io.interactive) throw new CliError('NOT_CONFIRMED', 'no terminal to ask at; read what is shown above and repeat with --yes');
  const answer = await io.ask(`${question} [y/N] `);
  if (!/^(y|yes)$/i.test(answer.trim())) throw new CliError('NOT_CONFIRMED', 'not confirmed; nothing was signed or changed');
}
