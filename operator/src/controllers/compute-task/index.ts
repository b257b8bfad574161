export { computeTaskController } from './controller.ts';
export { computeTaskInformers } from './informers.ts';
export type { TaskInformers, TaskServices } from './task-run.ts';
export { isBeingRemoved, withdrawOpenFlows } from './withdraw.ts';
