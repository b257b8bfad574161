import { writeFileSync } from 'node:fs';
import { FaultProxy } from '../testing/index.ts';
import type { ControllerFigures, ResourceFigures, ScaleFigures } from './figures.ts';
import { measureCertManager } from './measure-cert-manager.ts';
import { measureChurn } from './measure-churn.ts';
import { measureDisconnects } from './measure-disconnects.ts';
import { measureFailOver } from './measure-fail-over.ts';
import { measureRate } from './measure-rate.ts';
import { measureStart } from './measure-resources.ts';
import type { OperatorProgram } from './operator-program.ts';
import { scaleOptions, type Part } from './options.ts';
import { offerAsset, runToProposal, runToRefusal, seedFinished, seedObjects } from './tasks.ts';
import { World } from './world.ts';

type Written<T> = { -readonly [K in keyof T]: T[K] };

const FINISH_MS = 3_600_000;
const CHURN_SAMPLES = 6;
const options = scaleOptions(process.argv.slice(2));
const started = performance.now();
const figures: Written<ScaleFigures> = { resources: [] };
const has = (part: Part): boolean => options.parts.includes(part);

function say(text: string): void {
  process.stdout.write(`${((performance.now() - started) / 1_000).toFixed(0)} s: ${text}\n`);
}

/** What is known is written at once: a later part that fails takes nothing with it. */
function note(found: Partial<ScaleFigures>): void {
  Object.assign(figures, found);
  writeFileSync(options.out, `${JSON.stringify(figures, null, 2)}\n`);
  say(JSON.stringify(found));
}

/** Everything but the sizes, in one world with few tasks. The operator speaks to its API server through a proxy. */
async function small(): Promise<void> {
  const world = await World.create();
  const proxy = await FaultProxy.start(world.api.port);
  try {
    await offerAsset(world);
    let operator = await world.serve({ apiPort: proxy.port });
    await world.following(operator);
    say('small world: the operator follows the ledger');
    if (has('cert-manager') && options.certManager !== undefined) {
      const { binary, crds } = options.certManager;
      const certManager = await measureCertManager(world, binary, crds, options.objects);
      const ours = await measureOurs(world, operator, proxy.port);
      operator = ours.operator;
      note({ certManager: { certManager, ours: ours.figures } });
    }
    if (has('finish')) {
      const processor = (): [number, number] => [operator.program.processorSeconds(), world.ledgerProgram.processorSeconds()];
      const [operatorFrom, ledgerFrom] = processor();
      const ms = await runToRefusal(world, Array.from({ length: options.tasks }, (_, index) => `task-${index}`), FINISH_MS);
      const [operatorTo, ledgerTo] = processor();
      note({ finish: { tasks: options.tasks, ms, operatorSeconds: operatorTo - operatorFrom, ledgerSeconds: ledgerTo - ledgerFrom } });
    }
    if (has('rate')) note({ rate: await measureRate(world, 20, options.rateMinutes * 60) });
    if (has('disconnects')) note({ disconnects: await measureDisconnects(world, proxy, options.cuts) });
    if (has('churn')) note({ churn: await measureChurn(world, operator, options.churnMinutes, CHURN_SAMPLES) });
    if (has('fail-over')) {
      const { figures: failOver, leader } = await measureFailOver(world, operator, options.kills);
      operator = leader;
      note({ failOver });
    }
  } finally {
    await world.close();
    await proxy.stop();
  }
}

/** What cert-manager is measured by: tasks from their creation to the proposal on the ledger, memory, restart. */
async function measureOurs(world: World, before: OperatorProgram, apiPort: number): Promise<{ figures: ControllerFigures; operator: OperatorProgram }> {
  const residentBefore = before.program.memory().resident;
  const processorFrom = before.program.processorSeconds();
  const { objects } = options;
  const ms = await runToProposal(world, Array.from({ length: objects }, (_, index) => `compared-${index}`), FINISH_MS);
  const residentAfter = before.program.memory().resident;
  const processorSeconds = before.program.processorSeconds() - processorFrom;
  await before.kill('SIGKILL');
  const operator = await world.startOperator('operator-0', { apiPort });
  await runToProposal(world, ['compared-last'], FINISH_MS);
  const restartMs = performance.now() - operator.startedAt;
  return { figures: { objects, perSecond: (objects * 1_000) / ms, residentBefore, residentAfter, restartMs, processorSeconds }, operator };
}

/** An operator started on ever more finished tasks, without and with its copy of the ledger. */
async function sizes(): Promise<void> {
  const world = await World.create();
  try {
    await offerAsset(world);
    let there = Math.min(options.onLedger, options.sizes[0] ?? 0);
    await world.withStatusInTasks(() => seedFinished(world, 0, there, (done) => say(`${done} finished tasks on the ledger`)));
    const resources: ResourceFigures[] = [];
    const measured = async (operator: OperatorProgram, warm: boolean): Promise<void> => {
      resources.push(await measureStart(world, operator, { tasks: there, onLedger: options.onLedger, warm }));
      note({ resources });
      await operator.kill('SIGTERM');
    };
    for (const [index, size] of options.sizes.entries()) {
      await world.withStatusInTasks(() => seedObjects(world, there, size - there));
      there = size;
      say(`${there} finished tasks`);
      if (index === 0) await measured(await world.serve(), false);
      await measured(await world.startOperator('operator-0'), true);
    }
  } finally {
    await world.close();
  }
}

// Children are ended when the process exits, which a signal alone would not let it notice.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
if (options.parts.some((part) => part !== 'resources')) await small();
if (has('resources')) await sizes();
