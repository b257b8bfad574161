/** Annotation: `disabled` pauses an object, as `spec.suspend: true` does. */
export const RECONCILE_ANNOTATION = 'collabnet.dev/reconcile';
/** Annotation: digest of what was applied last. */
export const APPLIED_HASH_ANNOTATION = 'collabnet.dev/applied-hash';
/** Field manager of everything the operator writes, unless a controller names its own. */
export const FIELD_MANAGER = 'collabnet-operator';
