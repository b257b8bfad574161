export { Attempt } from './attempt/attempt.ts';
export type { AttemptOptions } from './attempt/attempt.ts';
export { CourierError } from './errors.ts';
export { loadAssignment } from './config/load-job.ts';
export type { Assignment } from './config/load-job.ts';
