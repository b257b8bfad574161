import { z } from 'zod';
import type { Query } from '../core/method.ts';
import { defineQuery } from '../core/method.ts';
import { loadOrThrow } from '../core/store.ts';
import { keys } from '../state/keys.ts';
import type { GenesisPayload } from './genesis-payload.ts';
import type { RightsTable } from './rights-table.ts';
import type { NetworkRules } from './rules.ts';

/** Answer of `governance.network`. */
export interface NetworkView {
  networkId: string;
  displayName: string;
  createdAt: number;
  ledger: GenesisPayload['ledger'];
  rules: NetworkRules;
}

const none = z.strictObject({});

/** What the network was founded with (requirement 121). */
export const governance: { methods: []; queries: Query[] } = {
  methods: [],
  queries: [
    defineQuery('governance.network', none, ({ state }): NetworkView => {
      const network = loadOrThrow<NetworkView>(state, keys.network, 'network', 'network');
      return { ...network, rules: loadOrThrow<NetworkRules>(state, keys.rules, 'rules', 'rules') };
    }),
    defineQuery('governance.rights', none, ({ state }) =>
      loadOrThrow<RightsTable>(state, keys.rights, 'rights', 'rights'),
    ),
  ],
};
