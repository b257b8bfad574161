import type { z } from 'zod';
import type { PartyRange } from '../party-range.ts';
import type { ENGINES, OPERATORS, PSI_PROTOCOLS } from '../vocabulary.ts';

export type OperatorName = (typeof OPERATORS)[number];
export type EngineName = (typeof ENGINES)[number];
export type PsiProtocol = (typeof PSI_PROTOCOLS)[number];

/** What an engine can do of an operator. */
export interface EngineSupport {
  /** Compute parties. */
  readonly parties: PartyRange;
  readonly protocols: readonly PsiProtocol[];
}

/** What somebody learns beside what is meant for them, in words for the one who consents. */
export interface Disclosure {
  readonly who: string;
  readonly learns: string;
}

/** A documented, versioned component that a step of a task names (requirements 61, 62, 108). */
export interface Operator {
  readonly name: OperatorName;
  readonly version: string;
  readonly family: 'Sets';
  /** One sentence. */
  readonly summary: string;
  /** OwnRows: each receiver gets rows of its own input. Number: each receiver gets one number. */
  readonly result: 'OwnRows' | 'Number';
  /** With every default; strict. */
  readonly parameters: z.ZodObject;
  readonly engines: Readonly<Partial<Record<EngineName, EngineSupport>>>;
  readonly disclosures: readonly Disclosure[];
}
