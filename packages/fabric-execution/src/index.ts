export * from './call-arguments.ts';
export * from './errors.ts';
export * from './execute-call.ts';
export * from './found-call.ts';
export * from './refusal.ts';
export * from './stamp.ts';
export * from './stamped-state.ts';
export * from './state-reader.ts';
