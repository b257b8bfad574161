import { existsSync } from 'node:fs';
import { foreignKubeconfig } from '../cluster/foreign-cluster.ts';
import { files } from '../cluster/layout.ts';
import { runMain } from '../lib/main-guard.ts';
import { HackError } from '../lib/hack-error.ts';
import { run } from '../lib/run.ts';
import { runSteps, type Step } from '../lib/progress.ts';
import { readHdma } from './hdma.ts';
import { installCrds, installInstitution, operatorsReady } from './install.ts';
import { BANK_A, BANK_B, INSTITUTIONS, SUPERVISOR } from './institutions.ts';
import { ledgerDriver } from './ledger.ts';
import { approveAlgorithms, foundNetwork, joinNetwork } from './form-network.ts';
import { offerCustomers } from './offer-data.ts';
import { isOutdated, removeInstitutions } from './outdated.ts';
import { printReport } from './report.ts';
import { noteRun } from './run-notes.ts';
import { findCommonApplicants, scoreApplicants, type CommonApplicants, type Scoring } from './tasks.ts';
import { splitBetweenBanks } from './split.ts';

/** Image of the engine for two parties, as the chart runs it and the ledger registers it. */
const ENGINE = { image: 'collabnet/engine-spu:dev' };

/** When `make demo` began, `make setup` before this program included; ms. */
const STARTED = Number(process.env['COLLABNET_DEMO_STARTED']) * 1000 || Date.now();

runMain(async () => {
  const cold = foreignKubeconfig() === undefined && !existsSync(files.adminKubeconfig);
  const ledger = ledgerDriver();
  const tables = splitBetweenBanks(await readHdma());
  const phases: { title: string; seconds: number }[] = [];
  let common: CommonApplicants | undefined;
  let scoring: Scoring | undefined;
  const step = (title: string, work: () => Promise<string | void>): Step => ({
    title,
    work: async () => {
      const from = performance.now();
      const said = await work();
      phases.push({ title, seconds: (performance.now() - from) / 1000 });
      return said ?? undefined;
    },
  });
  await runSteps([
    step('Cluster', async () => {
      await run('make', ['-s', 'cluster-up']);
    }),
    step('Images', async () => {
      await run('make', ['-s', 'images']);
      if (ledger === 'fabric') await run('make', ['-s', 'images', 'IMAGES=fabric']);
    }),
    step('CRDs, and one Helm release per institution', async () => {
      // Contracts of another build would not go on with this network's ledger, and programs under an old tag are not replaced.
      const outdated = (await Promise.all(INSTITUTIONS.map(isOutdated))).includes(true);
      if (outdated) await removeInstitutions(INSTITUTIONS);
      await installCrds();
      for (const institution of INSTITUTIONS) await installInstitution(institution);
      await operatorsReady(INSTITUTIONS);
      return outdated ? 'made anew, since the images have changed' : undefined;
    }),
    step('The supervisor founds the network', () => foundNetwork(ENGINE)),
    step('Bank A joins: the supervisor votes', () => joinNetwork(BANK_A, [SUPERVISOR])),
    step('Bank B joins: supervisor and Bank A vote', () => joinNetwork(BANK_B, [SUPERVISOR, BANK_A])),
    step('Members approve the algorithms', () => approveAlgorithms([SUPERVISOR, BANK_A])),
    step('Both banks offer their customers', async () => {
      await Promise.all([offerCustomers(BANK_A, tables.bankA), offerCustomers(BANK_B, tables.bankB)]);
    }),
    step('Bank A proposes, both data managers consent, pods compute', async () => {
      common = await findCommonApplicants();
    }),
    step('Joint credit scoring: join, bin, train, evaluate, explain, predict', async () => {
      scoring = await scoreApplicants();
    }),
  ]);
  if (common === undefined || scoring === undefined) throw new HackError('NOT_READY', 'the tasks left no report');
  await printReport({ common, scoring }, tables.common, phases);
  if (common.rows !== tables.common) throw new HackError('NOT_READY', `the result has ${common.rows} rows, ${tables.common} were expected`);
  if (scoring.scores !== tables.common) throw new HackError('NOT_READY', `there are ${scoring.scores} scores, ${tables.common} were expected`);
  const seconds = (since: number): number => Math.round(since * 10) / 10;
  noteRun({ date: new Date().toISOString(), cold, ledger, seconds: seconds((Date.now() - STARTED) / 1000), phases: phases.map((phase) => ({ ...phase, seconds: seconds(phase.seconds) })) });
});
