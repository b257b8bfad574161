import { API_GROUP, API_VERSION_NAME } from '@collabnet/crds';
import { customType } from '../runtime/index.ts';

export const COLLAB_NETWORK = customType(API_GROUP, API_VERSION_NAME, 'CollabNetwork', 'collabnetworks');
export const PARTICIPANT_DID = customType(API_GROUP, API_VERSION_NAME, 'ParticipantDID', 'participantdids');
export const DATA_ASSET = customType(API_GROUP, API_VERSION_NAME, 'DataAsset', 'dataassets');
export const COMPUTE_TASK = customType(API_GROUP, API_VERSION_NAME, 'ComputeTask', 'computetasks');
export const APPROVAL = customType(API_GROUP, API_VERSION_NAME, 'Approval', 'approvals');
