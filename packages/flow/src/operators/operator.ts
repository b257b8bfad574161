import type { z } from 'zod';
import type { PartyRange } from '../party-range.ts';
import type { ENGINES, OPERATORS, PSI_PROTOCOLS, TrustModel } from '../vocabulary.ts';

export type OperatorName = (typeof OPERATORS)[number];
export type EngineName = (typeof ENGINES)[number];
export type PsiProtocol = (typeof PSI_PROTOCOLS)[number];

/** What an engine can do of an operator. */
export interface EngineSupport {
  /** Compute parties. */
  readonly parties: PartyRange;
  /** Values that it takes of the parameter `protocol`; absent where the trust model decides the protocol. */
  readonly protocols?: readonly PsiProtocol[];
  /** The one that it has, in words, where neither a parameter nor the trust model decides. */
  readonly protocol?: string;
}

/** What somebody learns beside what is meant for them, in words for the one who consents. */
export interface Disclosure {
  readonly who: string;
  readonly learns: string;
}

/**
 * What a receiver gets. OwnRows: rows of its own input. JoinedRows: the same, in an order in which the n-th row of every
 * receiver has the same key. Values: the keys of its joined rows and a value for each. Number: one number. Table: figures about
 * all rows. Keys: every different key of all parties, under the names of its own key columns. Answers: its own rows whose keys the other party holds, with columns of the other's. Artefact: what another party gave, as it is. Model: a share of a model, which says nothing without those of the others.
 */
export type ResultKind = 'OwnRows' | 'JoinedRows' | 'Answers' | 'Artefact' | 'Keys' | 'Values' | 'Number' | 'Table' | 'Model';

/** What a step takes of its compute parties. */
export interface OperatorInputs {
  /** Keyed: exactly one table of each, matched by its keys. Joined: at most one of each, all from one Join. Given: one table, of one of them. Gathered: at most one table of each, all sent to one of them. None: no rows. */
  readonly rows: 'Keyed' | 'Joined' | 'Given' | 'Gathered' | 'None';
  /** Operator whose table, from an earlier step, may be given beside the rows. */
  readonly table?: OperatorName;
  /** A share of one model is needed of each. */
  readonly model?: true;
}

/** Formulas: figures of joined columns (see program/program.ts). Sql: one SELECT of SQLite's. */
export type ProgramLanguage = 'Formulas' | 'Sql';

/** A documented, versioned component that a step of a task names (requirements 61, 62, 108). */
export interface Operator {
  readonly name: OperatorName;
  readonly version: string;
  readonly family: 'Sets' | 'Queries' | 'Delivery' | 'Expressions' | 'Statistics' | 'Features' | 'Models';
  /** One sentence. */
  readonly summary: string;
  readonly result: ResultKind;
  readonly inputs: OperatorInputs;
  readonly trustModels: readonly TrustModel[];
  /** It opens values of single rows of others, so a standing grant covers it only by naming it. */
  readonly opensRows?: true;
  /** Language of the text that an algorithm must bring for it, and that members vote on. */
  readonly program?: ProgramLanguage;
  /** With every default; strict. */
  readonly parameters: z.ZodObject;
  readonly engines: Readonly<Partial<Record<EngineName, EngineSupport>>>;
  readonly disclosures: readonly Disclosure[];
}
