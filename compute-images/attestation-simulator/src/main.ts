import { attestationSimulator } from './attestation-simulator.ts';

const server = attestationSimulator().listen(Number(process.env['PORT'] ?? 8006), '127.0.0.1');
process.on('SIGTERM', () => server.close());
console.log('attestation simulator: protects nothing and proves nothing; for tasks with the trust model SimulatedTrustedExecution');
