import { apply, sleep } from '@collabnet/hack';
import type { Consortium } from '../fixture/consortium.ts';
import { BANK_A, BANK_B } from '../fixture/institutions.ts';
import { courierWrites } from '../support/courier-log.ts';
import { attemptPod } from '../support/faults.ts';
import { approveAsA, approveAsB, proposed } from '../support/tasks.ts';
import type { Moment } from './cell.ts';
import type { Work } from './work.ts';

/** States of bank B's courier that begin a moment. */
const COURIER_STATE: Readonly<Partial<Record<Moment, string>>> = {
  prepare: '"msg"',
  start: '"state":"Reserved"',
  align: '"state":"Handshaking"',
  compute: '"state":"Running"',
  clean: '"state":"Delivering"',
  settle: '"state":"Finished"',
};
/** Long enough into a computation of several seconds that both engines exchange. */
const INTO_COMPUTE_MS = 1_500;

/** A task that is brought to a moment and, after the fault, as far as persons have to bring it. */
export class Stage {
  readonly name: string;
  readonly work: Work;
  readonly #consortium: Consortium;
  readonly #moment: Moment;
  #flowId = '';

  constructor(consortium: Consortium, name: string, moment: Moment, work: Work) {
    this.#consortium = consortium;
    this.name = name;
    this.#moment = moment;
    this.work = work;
  }

  /** Whether the task reads the large tables, so that the moment lasts. */
  get large(): boolean {
    return this.#moment === 'compute' || this.#moment === 'prepare';
  }

  get flowId(): string {
    return this.#flowId;
  }

  /** Resolves when the task is at the moment, within some tenths of a second. */
  async reach(): Promise<void> {
    const { name } = this;
    await apply(BANK_A.namespace, [this.work.task(this.#consortium, name, this.large)]);
    if (this.#moment === 'propose') return;
    this.#flowId = (await proposed(name)).status?.flowID ?? '';
    await approveAsA(name);
    if (this.#moment === 'approve') return;
    await approveAsB(name);
    if (this.#moment === 'open') return;
    await attemptPod(BANK_B, this.#flowId, this.work.step);
    const state = COURIER_STATE[this.#moment];
    if (state !== undefined) await courierWrites(this.#flowId, state, { step: this.work.step });
    if (this.#moment === 'compute') await sleep(INTO_COMPUTE_MS);
  }

  /** The decisions that are still to be taken. */
  async decide(): Promise<void> {
    if (this.#moment === 'propose') await approveAsA(this.name);
    if (this.#moment === 'propose' || this.#moment === 'approve') await approveAsB(this.name);
    this.#flowId = (await proposed(this.name)).status?.flowID ?? '';
  }
}
