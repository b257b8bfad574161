const CALL = /\b(?:test|it|describe)\(\s*(?:'((?:[^'\\\n]|\\.)+)'|"((?:[^"\\\n]|\\.)+)"|`((?:[^`\\]|\\.)+)`)/g;
const PYTHON = /^\s*(?:async )?def (test_\w+)\(/gm;

/**
 * Names of the tests in a source file, as written: a name made from a template keeps its `${…}`. For Python the names of
 * the test methods.
 */
export function testNames(path: string, source: string): Set<string> {
  if (path.endsWith('.py')) return new Set([...source.matchAll(PYTHON)].map((match) => match[1] ?? ''));
  const names = [...source.matchAll(CALL)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  return new Set(names.map((name) => name.replaceAll(/\\(['"`\\])/g, '$1')));
}
