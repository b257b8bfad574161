/** A program below the fields of what is decided on, line by line as it was registered; nothing without one. */
export function programText(program: string | undefined, indent = 0): string {
  if (program === undefined) return '';
  const lines = program.trimEnd().split('\n').map((line) => `${' '.repeat(indent + 2)}${line}`);
  return ['', `${' '.repeat(indent)}program`, ...lines].join('\n');
}
