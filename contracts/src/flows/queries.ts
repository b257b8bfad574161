import { didSchema } from '@collabnet/did';
import { assetIdSchema } from '@collabnet/flow';
import { z } from 'zod';
import { defineQuery } from '../core/method.ts';
import { page, pageArgs } from '../core/page.ts';
import { load, loadOrThrow } from '../core/store.ts';
import type { ReceiptRecord } from '../receipts/record.ts';
import { keys } from '../state/keys.ts';
import { attemptFault, leaseEnd, leaseOf } from './lease.ts';
import { attemptArgs, flowIdSchema, flowOf, stepNameSchema, stepOf, termsOf } from './load.ts';
import type { FlowRecord, Lease, SealedRecord } from './record.ts';
import { stepView } from './reservations.ts';
import { FLOW_STATES } from './states.ts';

/** `flows.get` → FlowRecord */
export const get = defineQuery('flows.get', z.strictObject({ flowId: flowIdSchema }), ({ state }, { flowId }) =>
  flowOf(state, flowId),
);

/**
 * `flows.list` → Page of FlowRecord that a party takes part in, ordered by id. `open` reads only those not at their end,
 * which stays quick however many there were.
 */
export const list = defineQuery(
  'flows.list',
  z.strictObject({
    ...pageArgs,
    party: didSchema,
    open: z.boolean().default(false),
    state: z.enum(FLOW_STATES).optional(),
  }),
  ({ state }, args) => {
    const prefix = args.open ? keys.flowOpen(args.party, '') : keys.flowByParty(args.party, '');
    return page(state, prefix, args, (_, flowId) => {
      const flow = load<FlowRecord>(state, keys.flow(flowId));
      return args.state === undefined || flow?.state === args.state ? flow : undefined;
    });
  },
);

/** `flows.step` → FlowStepView */
export const step = defineQuery(
  'flows.step',
  z.strictObject({ flowId: flowIdSchema, step: stepNameSchema }),
  ({ state }, args) => stepView(state, flowOf(state, args.flowId), stepOf(state, args.flowId, args.step)),
);

/** `flows.steps` → {items: FlowStepView[]} in the order they run */
export const steps = defineQuery('flows.steps', z.strictObject({ flowId: flowIdSchema }), ({ state }, { flowId }) => {
  const flow = flowOf(state, flowId);
  return { items: flow.steps.map(({ name }) => stepView(state, flow, stepOf(state, flowId, name))) };
});

/** `flows.sealed` → SealedRecord; open it under the AAD of network, `flows`, `propose` and `nonce` */
export const sealed = defineQuery('flows.sealed', z.strictObject({ flowId: flowIdSchema }), ({ state }, { flowId }) =>
  loadOrThrow<SealedRecord>(state, keys.flowSealed(flowId), 'such flow', 'flowId'),
);

/** `flows.receipts` → Page of ReceiptRecord */
export const receipts = defineQuery(
  'flows.receipts',
  z.strictObject({ ...pageArgs, flowId: flowIdSchema }),
  ({ state }, args) => page(state, `receipt/${args.flowId}/`, args, (value) => value as ReceiptRecord),
);

/** `flows.lease` → Lease */
export const lease = defineQuery(
  'flows.lease',
  z.strictObject(attemptArgs),
  (context, { flowId, step: name, attempt }): Lease => {
    const flow = flowOf(context.state, flowId);
    return leaseOf(context, flow, stepOf(context.state, flowId, name), attempt);
  },
);

/**
 * `flows.mayRead` → Lease: whether the data of an asset may be read for an attempt, which is the last gate before the
 * data. Unlike a lease it also holds while the attempt is being reserved, since inputs are frozen before the start.
 */
export const mayRead = defineQuery(
  'flows.mayRead',
  z.strictObject({
    ...attemptArgs,
    asset: assetIdSchema,
    assetVersion: z.int().min(1),
    columns: z.array(z.string().max(128)).max(272),
  }),
  (context, { flowId, step: name, attempt, asset, assetVersion, columns }): Lease => {
    const flow = flowOf(context.state, flowId);
    const fault = attemptFault(context, flow, stepOf(context.state, flowId, name), attempt, ['Pending', 'Running']);
    if (fault !== undefined) return { valid: false, until: 0, ...fault };
    const inputs = termsOf(flow, name).inputs.filter(
      (input) => input.asset === asset && input.assetVersion === assetVersion,
    );
    const covered = inputs.some((input) =>
      columns.every((column) => input.keys.includes(column) || input.columns.includes(column)),
    );
    if (covered) return { valid: true, until: leaseEnd(context, flow) };
    return {
      valid: false,
      until: 0,
      reason: 'GRANT_COLUMNS',
      message: `step ${name} does not read these columns of ${asset} version ${assetVersion}`,
    };
  },
);
