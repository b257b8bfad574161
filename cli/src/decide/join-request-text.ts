import type { CollabNetwork } from '@collabnet/crds';
import { fields } from '../base/table.ts';

/** The own request as it is read out to those who vote on it; they are shown the same. */
export function joinRequestText({ id, organisation, contracts }: NonNullable<NonNullable<CollabNetwork['status']>['joinRequest']>): string {
  const { mspID, identityAuthorities = [], tlsAuthorities = [], peers = [] } = organisation ?? {};
  return fields([
    ['request', id],
    ['MSP id', mspID],
    ...identityAuthorities.map((each) => ['identity authority', `SHA-256 ${each}`] as const),
    ...tlsAuthorities.map((each) => ['TLS authority', `SHA-256 ${each}`] as const),
    ...peers.map((each) => ['peer', each] as const),
    ['contracts', contracts],
  ]);
}
