import { createRequire } from 'node:module';

/** Gives the logger that the modules of the library use under a name. */
const { getLogger } = createRequire(import.meta.url)('fabric-shim/lib/logger.js') as { getLogger: (name: string) => object };

const LEVEL = 'CORE_CHAINCODE_LOGGING_LEVEL';
const nothing = (): void => undefined;

/** Modules of the library that log each message between chaincode and peer. */
export const BUSY_LOGGERS: readonly string[] = ['lib/handler.js', 'lib/stub.js'];

// The library logs each call in its own format, refusals as errors; this service counts calls and logs faults itself.
if (process.env[LEVEL] === undefined) {
  process.env[LEVEL] = 'critical';
  // It formats what it does not print: some forty lines for a call.
  for (const name of BUSY_LOGGERS) Object.assign(getLogger(name), { debug: nothing, info: nothing });
}
