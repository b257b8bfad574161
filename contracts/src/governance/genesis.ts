import { digestOf } from '@collabnet/envelope';
import { parseArgs } from '../core/method.ts';
import { ContractError } from '../core/contract-error.ts';
import { save, stamp } from '../core/store.ts';
import { admit } from '../membership/admit.ts';
import { keys } from '../state/keys.ts';
import type { WorldState } from '../state/world-state.ts';
import { CONTRACTS_VERSION } from '../version.ts';
import { type GenesisPayload, genesisPayloadSchema } from './genesis-payload.ts';

/** The id of a network: SM3 of the canonical genesis payload, hex. */
export function networkIdOf(payload: GenesisPayload): string {
  return digestOf(payload);
}

/**
 * Writes block 0: rights, rules and the founder with its persons, all valid from height 0.
 *
 * @throws ContractError INVALID_ARGUMENT for a faulty payload or one of other rules
 */
export function genesis(state: WorldState, payload: GenesisPayload): void {
  const { founder, rights, rules, ...network } = parseArgs(genesisPayloadSchema, payload);
  if (network.contractsVersion !== CONTRACTS_VERSION) {
    const field = 'contractsVersion';
    throw new ContractError(
      'INVALID_ARGUMENT',
      `${field}: these rules are ${CONTRACTS_VERSION}, not ${network.contractsVersion}`,
      { field },
    );
  }
  const networkId = networkIdOf(payload);
  save(state, keys.network, {
    ...stamp('network'),
    networkId,
    displayName: network.displayName,
    createdAt: network.createdAt,
    ledger: network.ledger,
  });
  save(state, keys.rights, rights);
  save(state, keys.rules, rules);
  admit(state, networkId, 0, founder);
}
