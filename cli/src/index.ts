export { exitCodeOf, EXIT } from './base/errors.ts';
export type { Io } from './base/io.ts';
export { approvalObject, signDecision, type Decision, type Sign } from './decide/approval.ts';
export { grantFrom, signGrant, type GrantOptions } from './grants/build.ts';
export { buildProgram } from './program.ts';
export { run } from './run.ts';
