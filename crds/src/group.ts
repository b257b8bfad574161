/** API group, versions, labels and annotations shared by every collabnet kind. */
export const API_GROUP = 'collabnet.dev';
export const API_VERSION_NAME = 'v1alpha1';
export const API_VERSION = 'collabnet.dev/v1alpha1';
export const CATEGORY = 'collabnet';

/** Marks a ComputeTask that the operator made as a view of a flow proposed elsewhere. */
export const LABEL_MIRROR = 'collabnet.dev/mirror';
export const LABEL_TASK = 'collabnet.dev/task';
export const LABEL_STEP = 'collabnet.dev/step';
export const LABEL_ATTEMPT = 'collabnet.dev/attempt';
export const LABEL_NETWORK = 'collabnet.dev/network';
export const MANAGED_BY = 'collabnet-operator';
/** A change of this annotation's value asks for a reconcile now. */
export const ANNOTATION_RECONCILE_AT = 'collabnet.dev/reconcile-at';
/** On a mirror: `<namespace>/<name>` under which the proposer applied the task. With it the id of the flow can be recomputed. */
export const ANNOTATION_PROPOSED_AS = 'collabnet.dev/proposed-as';
