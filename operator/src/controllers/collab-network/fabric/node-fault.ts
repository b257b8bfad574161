import { WaitError, type KubeObject } from '../../../runtime/index.ts';
import { nodeName, type NodeKey } from './node-plan.ts';

interface Ended {
  readonly exitCode: number;
  readonly message?: string;
}

/** The parts of a node's pod that say why it ended. */
export interface NodePod extends KubeObject {
  readonly status?: {
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly restartCount: number;
      readonly state?: { readonly running?: object; readonly terminated?: Ended };
      readonly lastState?: { readonly terminated?: Ended };
    }[];
  };
}

const RECHECK_MS = 5_000;
const MAX_MESSAGE = 300;
/** Reasons that say more than that a node does not answer. */
const REASONS = { full: 'FabricVolumeFull', crashing: 'FabricNodeCrashing' } as const;

/**
 * Why a node has ended and is not started again yet, by the end of its log that its pod keeps. One that runs is given
 * its time.
 */
export function nodeFault(key: NodeKey, pod: NodePod | undefined): WaitError | undefined {
  const container = pod?.status?.containerStatuses?.find(({ name }) => name === key.role);
  const ended = container?.state?.terminated ?? container?.lastState?.terminated;
  if (container === undefined || ended === undefined || container.state?.running !== undefined) return undefined;
  const name = nodeName(key);
  const { message = '', exitCode } = ended;
  if (message.includes('no space left on device')) {
    const cost = key.role === 'peer' ? 'it neither endorses nor shows the ledger' : 'it orders nothing';
    return new WaitError(REASONS.full, `the volume of ${name} is full, and ${cost} until there is room; enlarge claim data-${name}-0`, RECHECK_MS);
  }
  return new WaitError(REASONS.crashing, `${name} ended with code ${exitCode} and is started again, ${container.restartCount} times so far: ${lastWords(message)}`, RECHECK_MS);
}

/** What is known of a node's pod comes before that it does not answer. */
export function tellingProblem(error: unknown, problems: readonly WaitError[]): unknown {
  if (!(error instanceof WaitError) || error.reason !== 'FabricNodeUnavailable') return error;
  const reasons: readonly string[] = Object.values(REASONS);
  return problems.find(({ reason }) => reasons.includes(reason)) ?? error;
}

/** A program in Go says why before it shows where. */
function lastWords(message: string): string {
  const lines = message.trimEnd().split('\n');
  const said = lines.find((line) => line.startsWith('panic: ')) ?? lines.at(-1);
  return said === undefined || said === '' ? 'look at its log' : said.slice(0, MAX_MESSAGE);
}
