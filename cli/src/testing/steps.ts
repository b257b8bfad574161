import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { approvalStatementOf, type Approval } from '@collabnet/crds';
import type { TestApiserver } from '@collabnet/crds/testing';
import { approvalPayload } from '@collabnet/envelope';
import type { TestCli } from './cli.ts';
import type { TestInstitution } from './institution.ts';

/** What a suite has once its `before` has run. */
export interface Stage {
  readonly server: TestApiserver;
  readonly cli: TestCli;
  readonly bank: TestInstitution;
}

export interface Steps {
  /** Runs a command that must succeed. @returns its standard output */
  readonly ok: (...args: string[]) => Promise<string>;
  readonly fails: (code: number, message: RegExp, ...args: string[]) => Promise<void>;
  readonly apply: (object: object) => void;
  readonly setStatus: (kind: string, name: string, status: object) => void;
  readonly get: <T>(kind: string, name: string) => T;
  readonly condition: (type: string, status: string, message: string) => object;
  /** What the operator does with an Approval: rebuild the transaction, submit it, report. */
  readonly relay: () => Promise<void>;
  readonly whileRelaying: <T>(work: Promise<T>) => Promise<T>;
}

/** The steps of a suite of commands against an API server and a ledger. @param stage asked for at each step */
export function stepsOn(stage: () => Stage): Steps {
  const steps: Steps = {
    async ok(...args) {
      const result = await stage().cli.run(...args);
      assert.equal(result.code, 0, result.stderr);
      return result.stdout;
    },
    async fails(code, message, ...args) {
      const result = await stage().cli.run(...args);
      assert.match(result.stderr, message);
      assert.equal(result.code, code, result.stderr);
    },
    apply(object) {
      const result = stage().server.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], { input: JSON.stringify(object) });
      assert.ok(result.ok, result.stderr);
    },
    setStatus(kind, name, status) {
      const result = stage().server.kubectl(['patch', kind, name, '--subresource=status', '--type=merge', '-p', JSON.stringify({ status })]);
      assert.ok(result.ok, result.stderr);
    },
    get: <T>(kind: string, name: string): T => JSON.parse(stage().server.kubectl(['get', kind, name, '-o', 'json']).stdout) as T,
    condition: (type, status, message) => ({ type, status, reason: 'Test', message, lastTransitionTime: new Date().toISOString() }),
    async relay() {
      const { server, bank } = stage();
      const { items } = JSON.parse(server.kubectl(['get', 'approvals', '-o', 'json']).stdout) as { items: Approval[] };
      for (const { metadata, spec } of items.filter(({ status }) => status === undefined)) {
        const payload = approvalPayload(approvalStatementOf(bank.networkId, spec));
        try {
          const { height } = await bank.node.submit({ payload, signature: spec.signature });
          steps.setStatus('approval', metadata.name, { height, conditions: [steps.condition('Ready', 'True', `recorded at height ${height}`)] });
        } catch (error) {
          steps.setStatus('approval', metadata.name, { conditions: [steps.condition('Ready', 'False', 'refused'), steps.condition('Stalled', 'True', (error as Error).message)] });
        }
      }
    },
    async whileRelaying(work) {
      let done = false;
      const finished = work.finally(() => (done = true));
      while (!done) {
        await steps.relay();
        await sleep(100);
      }
      return finished;
    },
  };
  return steps;
}
