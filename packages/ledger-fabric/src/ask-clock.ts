import type { Gateway } from '@hyperledger/fabric-gateway';
import { endorsementFailure } from './endorsement-failure.ts';
import { timedProposal } from './timed-proposal.ts';

export interface ClockQuestion {
  readonly gateway: Gateway;
  /** MSP id of this institution. */
  readonly own: string;
  readonly channel: string;
  readonly chaincode: string;
  /** A call whose time the contracts judge. */
  readonly args: readonly string[];
  readonly now: () => number;
}

/**
 * Asks the own contracts whether they would take a proposal of now, by a call that is not submitted.
 *
 * @returns how far the own clock is ahead of theirs, ms; 0 when they would; undefined when they do not say
 */
export async function askClock({ gateway, own, channel, chaincode, args, now }: ClockQuestion): Promise<number | undefined> {
  try {
    await timedProposal(gateway, channel, chaincode, args, now(), [own]).evaluate();
    return 0;
  } catch (error) {
    const { refusal, byOwn } = endorsementFailure(error, own);
    return byOwn && refusal?.now !== undefined ? now() - refusal.now : undefined;
  }
}
