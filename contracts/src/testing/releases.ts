import type { Json, JsonObject } from '@collabnet/envelope';
import { CURRENT_RELEASE, type ContractsRelease, type Migration, type WorldState } from '../index.ts';

const ASSETS = 'asset/';
const PAGE = 100;

/** Changes every asset record. */
function eachAsset(state: WorldState, change: (record: JsonObject) => JsonObject): void {
  let after: string | undefined;
  for (;;) {
    const entries = state.range(ASSETS, { limit: PAGE, ...(after !== undefined && { after }) });
    for (const { key, value } of entries) state.put(key, change(value as JsonObject));
    after = entries.at(-1)?.key;
    if (entries.length < PAGE) return;
  }
}

const toNext: Migration = { to: '1.2.0', run: (state) => eachAsset(state, (record) => ({ ...record, steward: record['owner'] as Json })) };
const toLater: Migration = { to: '1.3.0', run: (state) => eachAsset(state, ({ steward: _, ...record }) => record) };

/** A version after the current one, as tests of upgrades need it: asset records name a steward, old ones their owner. */
export const NEXT_RELEASE: ContractsRelease = {
  ...CURRENT_RELEASE,
  version: '1.2.0',
  execute(state, block, tx) {
    const done = CURRENT_RELEASE.execute(state, block, tx);
    if (`${tx.payload.contract}.${tx.payload.method}` === 'catalogue.publish') {
      const key = `${ASSETS}${tx.payload.public['assetId'] as string}`;
      state.put(key, { ...(state.get(key) as JsonObject), steward: 'appointed' });
    }
    return done;
  },
  migrations: [toNext],
};

/** The way back: a version after {@link NEXT_RELEASE} with the rules and the records of before. */
export const LATER_RELEASE: ContractsRelease = { ...CURRENT_RELEASE, version: '1.3.0', migrations: [toNext, toLater] };
