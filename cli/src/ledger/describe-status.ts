import type { CollabNetwork } from '@collabnet/crds';
import { fields, table } from '../base/table.ts';
import { ago } from '../base/text.ts';

/** What `ledger status` tells: from the status of the CollabNetwork, so that it needs neither operator nor ledger. */
export interface LedgerStatus extends NonNullable<NonNullable<CollabNetwork['status']>['ledger']> {
  readonly network: string;
  readonly networkID?: string | undefined;
  readonly membership?: string | undefined;
  /** Age of the last confirmation that this is the head, s. */
  readonly viewAgeSeconds?: number | undefined;
  readonly fabric?: NonNullable<CollabNetwork['status']>['fabric'];
  /** Why not all is well. */
  readonly problems: readonly string[];
}

const WATCHED = ['Ready', 'FabricHealthy', 'CertificatesFresh'];

export function statusOf({ metadata, spec, status }: CollabNetwork, now: number): LedgerStatus {
  const verified = status?.ledger?.verifiedAt;
  const problems = (status?.conditions ?? []).filter((each) => WATCHED.includes(each.type) && each.status === 'False').map(({ reason, message }) => `${reason}: ${message}`);
  return {
    network: metadata.name,
    networkID: status?.networkID,
    membership: status?.membership,
    driver: spec.ledger.driver,
    ...status?.ledger,
    ...(verified !== undefined && { viewAgeSeconds: Math.max(0, Math.round((now - Date.parse(verified)) / 1000)) }),
    ...(status?.fabric !== undefined && { fabric: status.fabric }),
    problems,
  };
}

export function describeStatus(status: LedgerStatus, now: number): string {
  const { fabric, problems, viewAgeSeconds, ...plain } = status;
  const lines = [fields([...Object.entries(plain), ['viewAge', viewAgeSeconds === undefined ? undefined : ago(status.verifiedAt, now)]])];
  if (fabric !== undefined) lines.push(describeFabric(fabric));
  return [...lines, ...problems].join('\n');
}

function describeFabric({ channel, mspID, peers, orderers, leader, contracts, certificatesExpire }: NonNullable<LedgerStatus['fabric']>): string {
  return [
    'fabric',
    fields([['channel', channel], ['mspID', mspID], ['contracts', `${contracts.version}, sequence ${contracts.sequence}`], ['certificatesExpire', certificatesExpire]], 2),
    table(
      ['NODE', 'ROLE', 'STATE', 'BLOCKS'],
      [
        ...peers.map(({ name, height }) => [name, 'peer', '', height]),
        ...orderers.map(({ name, state, height }) => [name, name === leader ? 'orderer, leader' : 'orderer', state, height]),
      ],
    ),
    ...(leader === undefined ? ['no orderer of this institution leads'] : []),
  ].join('\n');
}
