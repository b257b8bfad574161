export { attestationSimulator } from './attestation-simulator.ts';
