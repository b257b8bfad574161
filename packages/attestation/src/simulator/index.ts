export { simulatedAttestationResult } from './simulated-attestation-result.ts';
