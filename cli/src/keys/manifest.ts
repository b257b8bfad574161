import { API_VERSION, type ParticipantDIDSpecInput } from '@collabnet/crds';

/** What a person says about itself for its ParticipantDID. */
export interface PersonDetails {
  readonly name: string;
  readonly subjectCode: string;
  readonly displayName: string;
  readonly roles: readonly string[];
  readonly publicKeyMultibase: string;
}

/** The ParticipantDID to hand to the administrator of the institution's namespace. It contains no secret. */
export function personManifest(details: PersonDetails): { apiVersion: string; kind: string; metadata: { name: string }; spec: ParticipantDIDSpecInput } {
  const { name, subjectCode, displayName, roles, publicKeyMultibase } = details;
  return {
    apiVersion: API_VERSION,
    kind: 'ParticipantDID',
    metadata: { name },
    spec: { type: 'Person', subjectCode, displayName, roles: roles as ParticipantDIDSpecInput['roles'], publicKeyMultibase },
  };
}
