export { CERTIFICATES } from './certificates.ts';
export { cachedBinary, startApiserver, type KubectlResult, type TestApiserver } from './apiserver.ts';
export { sample, samples, type Sample } from './samples.ts';
