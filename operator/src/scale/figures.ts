/** What a bench of scale found. Times in ms, memory in bytes, processor time in s. */
export interface ScaleFigures {
  readonly resources: readonly ResourceFigures[];
  readonly finish?: FinishFigures;
  readonly rate?: RateFigures;
  readonly disconnects?: DisconnectFigures;
  readonly churn?: ChurnFigures;
  readonly failOver?: FailOverFigures;
  readonly certManager?: CertManagerFigures;
}

/** Start of an operator on tasks that have ended. */
export interface ResourceFigures {
  readonly tasks: number;
  /** Of them with their two transactions on the ledger. */
  readonly onLedger: number;
  /** From the start of the process. */
  readonly listedMs: number;
  readonly followingMs: number;
  /** A new task, from its creation to the proposal on the ledger. */
  readonly freshMs: number;
  readonly resident: number;
  readonly peak: number;
  readonly heap: number;
  readonly processorSeconds: number;
  /** Whether the copy of the ledger was there from an earlier process. */
  readonly warm: boolean;
}

export interface FinishFigures {
  readonly tasks: number;
  readonly ms: number;
  /** Of the operator and of the ledger meanwhile. */
  readonly operatorSeconds: number;
  readonly ledgerSeconds: number;
}

export interface RateFigures {
  readonly perSecond: number;
  readonly seconds: number;
  readonly changes: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly lost: number;
}

export interface DisconnectFigures {
  readonly cuts: number;
  readonly connections: number;
  readonly changes: number;
  readonly lost: number;
  readonly p99: number;
}

export interface ChurnSample {
  readonly minute: number;
  readonly heap: number;
  readonly resident: number;
  readonly descriptors: number;
}

export interface ChurnFigures {
  readonly minutes: number;
  readonly tasks: number;
  readonly samples: readonly ChurnSample[];
}

export interface FailOverFigures {
  /** From the kill to the first change handled by the other operator, and to its view of the ledger. */
  readonly reconcileMs: readonly number[];
  readonly followingMs: readonly number[];
}

/** The same for both: objects a second, memory an object, start of the process to the first new object. */
export interface ControllerFigures {
  readonly objects: number;
  readonly perSecond: number;
  readonly residentBefore: number;
  readonly residentAfter: number;
  readonly restartMs: number;
  readonly processorSeconds: number;
}

export interface CertManagerFigures {
  readonly certManager: ControllerFigures;
  readonly ours: ControllerFigures;
}
