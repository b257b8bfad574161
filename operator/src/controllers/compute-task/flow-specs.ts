import type { FlowRecord, SealedRecord } from '@collabnet/contracts';
import { checkProposal, FlowError, type FlowProposal, type FlowSpec, type SealedFlow } from '@collabnet/flow';
import { EnvelopeError } from '@collabnet/envelope';
import { StalledError } from '../../runtime/index.ts';
import type { LedgerView } from './ledger-view.ts';

const MOST = 2_000;

/**
 * The sealed specifications of flows, opened with the institution's key and checked against what the ledger shows: id,
 * commitment and every public term. Nothing is shown, confirmed or run from one that does not agree.
 */
export class FlowSpecs {
  readonly #opened = new Map<string, SealedFlow>();

  /** Takes in what this institution has just proposed itself, which need not be opened again. */
  keep(flowId: string, proposed: SealedFlow): void {
    if (this.#opened.size >= MOST) this.#opened.delete(this.#opened.keys().next().value ?? '');
    this.#opened.set(flowId, proposed);
  }

  /** Of a flow that has ended nobody asks again. */
  forget(flowId: string): void {
    this.#opened.delete(flowId);
  }

  /** @throws StalledError SpecMismatch or SpecUnreadable; WaitError while the ledger does not answer */
  async open(view: LedgerView, flow: FlowRecord): Promise<SealedFlow> {
    const known = this.#opened.get(flow.flowId);
    if (known !== undefined) return known;
    const { sealed, nonce } = await view.read<SealedRecord>('flows', 'sealed', { flowId: flow.flowId });
    const { session } = view;
    try {
      const content = await session.unseal({ network: session.networkId, contract: 'flows', method: 'propose', nonce, sealed });
      const opened = content as unknown as SealedFlow;
      const spec: FlowSpec = checkProposal(flow as Omit<FlowProposal, 'approvalDeadline' | 'deadline'>, opened, { network: session.networkId, proposer: flow.proposer });
      const checked: SealedFlow = { spec, salt: opened.salt, name: opened.name };
      this.keep(flow.flowId, checked);
      return checked;
    } catch (error) {
      throw asStalled(error, flow.flowId);
    }
  }
}

function asStalled(error: unknown, flowId: string): unknown {
  if (error instanceof FlowError) {
    return new StalledError('SpecMismatch', `flow ${flowId}: its sealed specification is not what the ledger shows: ${error.message}; nobody should consent to it`, { cause: error });
  }
  if (error instanceof EnvelopeError) {
    return new StalledError('SpecUnreadable', `flow ${flowId}: its specification cannot be opened with this institution's key (${error.message}); restore the key Secret of the ParticipantDID`, { cause: error });
  }
  return error;
}
