export { TestApiServer } from './apiserver.ts';
export type { ApiServerOptions } from './apiserver.ts';
export { findBinary } from './binaries.ts';
export { freePort } from '@collabnet/messaging/testing/nats-process';
export { Daemon } from './daemon.ts';
export { eventually } from './eventually.ts';
export { FakeClock } from './fake-clock.ts';
export { FaultProxy } from './fault-proxy.ts';
