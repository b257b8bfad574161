import { StalledError } from '../../runtime/index.ts';

export const ADMISSION_LAPSED = 'AdmissionLapsed';

/** The members voted an institution in, and it did not come before its admission ended. */
export function admissionLapsed(did: string): StalledError {
  return new StalledError(ADMISSION_LAPSED, `the members voted ${did} in, and it did not come in time: its admission has lapsed. Delete this CollabNetwork, ask for a new invitation, and join with another subjectCode`);
}
