import './quiet-shim.ts';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Transform } from 'node:stream';
import { test } from 'node:test';
import { BUSY_LOGGERS } from './quiet-shim.ts';

type Logger = Transform & Record<'debug' | 'info' | 'error', (line: string) => void>;

const require = createRequire(import.meta.url);
const { getLogger } = require('fabric-shim/lib/logger.js') as { getLogger: (name: string) => Logger };

for (const name of BUSY_LOGGERS) {
  test(`the library's ${name} formats no line that is not printed`, () => {
    assert.ok(readFileSync(require.resolve(`fabric-shim/${name}`), 'utf8').includes(`getLogger('${name}')`), 'the library names its logger otherwise');
    const logger = getLogger(name);
    const lines: string[] = [];
    logger.on('data', ({ level }: { level: string }) => lines.push(level.replace(/[^a-z]/g, '')));
    for (const level of ['debug', 'info', 'error'] as const) logger[level]('a message');
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /error/);
  });
}
