export { fabricVerifier } from './fabric-verifier.ts';
