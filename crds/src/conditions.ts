import { z } from 'zod';
import { keyed } from './fields.ts';

/** metav1.Condition. Ready is always present; Reconciling and Stalled only while true (kstatus). */
export const conditionSchema = z
  .object({
    type: z.string().min(1).max(316).describe('Ready, Reconciling or Stalled; kinds may add their own.'),
    status: z.enum(['True', 'False', 'Unknown']).describe('True, False or Unknown.'),
    observedGeneration: z.int().min(0).optional().describe('metadata.generation that this condition speaks about.'),
    lastTransitionTime: z.string().describe('When the status last changed.').meta({ format: 'date-time' }),
    reason: z.string().min(1).max(1024).describe('Stable CamelCase word for programs.'),
    message: z.string().max(32768).describe('Sentence for people: what is so, and what to do.'),
  })
  .describe('One observation about the object.');

export type Condition = z.output<typeof conditionSchema>;

/** Fields every status begins with. */
export const statusBase = {
  observedGeneration: z.int().min(0).optional().describe('metadata.generation the operator last acted on.'),
  conditions: keyed(
    z.array(conditionSchema).max(16).optional().describe('Ready, and while true Reconciling (work goes on) or Stalled (a person must act).'),
    ['type'],
  ),
};

/** The condition of that type, if any. */
export function conditionOf(status: { conditions?: Condition[] | undefined } | undefined, type: string): Condition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}
