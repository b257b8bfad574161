import type { FabricRun } from '../fabric-run.ts';

/** Nothing renews an authority, so people hear of its end early. */
const WARN_MS = 90 * 24 * 3600 * 1000;

/** Says when the first certificate ends, before the steps that wait for nodes: with an expired one they would wait for ever. */
export function reportCertificates({ run, expires, renewalProblems: [problem = 'look at the log of the operator'] }: FabricRun): Promise<void> {
  const late = expires - run.ctx.clock.now() < WARN_MS;
  run.ctx.setCondition({
    type: 'CertificatesFresh',
    status: late ? 'False' : 'True',
    reason: late ? 'ExpiresSoon' : 'Renewed',
    message: late ? `a certificate of the Fabric nodes ends at ${new Date(expires).toISOString()} although it should have been renewed: ${problem}` : 'no certificate of the Fabric nodes ends soon',
  });
  return Promise.resolve();
}
