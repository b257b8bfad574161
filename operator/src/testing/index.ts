export { TestApiServer } from './apiserver.ts';
export type { ApiServerOptions } from './apiserver.ts';
export { findBinary } from './binaries.ts';
export { Daemon, freePort } from './daemon.ts';
export { eventually } from './eventually.ts';
export { FakeClock } from './fake-clock.ts';
export { FaultProxy } from './fault-proxy.ts';
