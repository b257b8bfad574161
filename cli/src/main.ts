import { TerminalIo } from './base/io.ts';
import { run } from './run.ts';

const called = process.env['COLLABNET_COMMAND'] === 'collabnet' ? 'collabnet' : 'kubectl collabnet';
// A reader such as head may close the pipe early.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
if (Number.parseInt(process.versions.node, 10) < 24) {
  process.stderr.write(`error: Node.js ${process.versions.node} is too old; put version 24 or newer on PATH\n`);
  process.exit(1);
}
process.exitCode = await run(new TerminalIo(), called, process.argv.slice(2));
