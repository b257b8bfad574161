import type { BlockView } from '@collabnet/ledger';
import type { BlockDetail, ContractsView, TransactionDetail } from '@collabnet/ledger/view';
import { toYaml } from '../base/format.ts';
import { fields, table } from '../base/table.ts';
import { shortDid } from '../base/text.ts';

type Payload = TransactionDetail['tx']['payload'];

const timeOf = (ms: number): string => new Date(ms).toISOString();
const callOf = ({ contract, method }: Payload): string => `${contract}.${method}`;

/** Blocks, one a line. Fabric's own number is shown where there is one. */
export function describeBlocks(blocks: readonly BlockView[]): string {
  const onFabric = blocks.some(({ number }) => number !== undefined);
  const rows = blocks.map(({ height, number, time, hash, genesis, transactions }) => [
    height,
    ...(onFabric ? [number] : []),
    timeOf(time),
    transactions.length,
    hash,
    genesis === undefined ? counted(transactions.map(({ tx }) => callOf(tx.payload))) : 'genesis',
  ]);
  return table(['HEIGHT', ...(onFabric ? ['BLOCK'] : []), 'TIME', 'TRANSACTIONS', 'HASH', 'CALLS'], rows);
}

export function describeBlock({ height, number, hash, time, stateRoot, genesis, transactions, events }: BlockDetail): string {
  const lines = [fields([['height', height], ['fabric block', number], ['hash', hash], ['time', timeOf(time)], ['state root', stateRoot]])];
  if (genesis !== undefined) {
    const { displayName, founder, contractsVersion } = genesis.payload;
    lines.push('genesis', fields([['network', displayName], ['founder', `${founder.displayName} (${founder.subjectCode})`], ['contracts', contractsVersion]], 2));
  }
  if (transactions.length > 0) {
    const rows = transactions.map(({ digest, tx }) => [
      digest,
      callOf(tx.payload),
      shortDid(tx.payload.principal.id),
      events.filter(({ transaction }) => transaction === digest).map(({ type }) => type).join(','),
    ]);
    lines.push(table(['TRANSACTION', 'CALL', 'BY', 'EVENTS'], rows));
  }
  return lines.join('\n');
}

/** What everybody with a copy of the ledger can read of a transaction; what is sealed stays sealed. */
export function describeTransaction({ digest, height, tx, block, signer, events }: TransactionDetail): string {
  const { payload } = tx;
  const { institution } = signer;
  const lines = [
    fields([
      ['transaction', digest],
      ['call', callOf(payload)],
      ['kind', payload.kind],
      ['height', block.height],
      ['fabric block', block.number],
      ['ran at height', height === block.height ? undefined : height],
      ['time', timeOf(block.time)],
      ['by', `${signer.displayName ?? signer.id} (${signer.type})`],
      ['of', institution === undefined ? undefined : (institution.displayName ?? institution.did)],
      ['signed with', signer.keyId],
      ['delegated by', signer.delegatedBy.map(({ keyId, actions }) => `${keyId} for ${actions.join(', ')}`).join('; ')],
      ['expires', timeOf(payload.expires)],
      ['audience', payload.audience.map(shortDid).join(', ')],
      ['signature', tx.signature],
    ]),
    'public',
    indented(toYaml(payload.public)),
  ];
  if (payload.sealed !== undefined) {
    const { algorithm, ciphertext, recipients } = payload.sealed;
    lines.push('sealed', fields([['algorithm', algorithm], ['octets', Math.floor((ciphertext.length * 3) / 4)], ['can be opened with', recipients.map(({ keyId }) => keyId).join(', ')]], 2));
  }
  if (events.length > 0) lines.push('events', ...events.map(({ type, subject, data }) => `  ${type} ${subject}${Object.keys(data).length === 0 ? '' : ` ${JSON.stringify(data)}`}`));
  return lines.join('\n');
}

/** Versions, and who may call what. @param definition the one in force on the channel, where there is one */
export function describeContracts({ version, inForce, foundedWith, rights }: ContractsView, definition: { readonly version: string; readonly sequence: number } | undefined): string {
  const rows = Object.entries(rights).sort(([a], [b]) => (a < b ? -1 : 1)).map(([method, { principals, roles }]) => [method, principals.join(', '), roles?.join(', ') ?? 'any']);
  return [
    fields([['verified by', version], ['in force', inForce], ['founded with', foundedWith], ['definition on the channel', definition?.version], ['sequence', definition?.sequence]]),
    table(['METHOD', 'SIGNED BY', 'ROLES'], rows),
  ].join('\n');
}

function counted(names: readonly string[]): string {
  return [...new Set(names)].map((name) => ({ name, count: names.filter((each) => each === name).length })).map(({ name, count }) => (count === 1 ? name : `${name} x${count}`)).join(', ');
}

function indented(text: string): string {
  return text.trimEnd().split('\n').map((line) => `  ${line}`).join('\n');
}
