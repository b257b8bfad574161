import type { AlgorithmContent, AlgorithmRecord, AssetContent, MemberRecord } from '@collabnet/contracts';
import { engineIssues, OPERATOR_CATALOGUE, type FlowInput, type FlowSpec, type FlowStep } from '@collabnet/flow';
import { queryFault } from '@collabnet/sql-query';
import type { LedgerView } from './ledger-view.ts';

/** What of a specification the ledger does not bear out. */
export interface LedgerFault {
  /** Path within the spec, such as `steps[0].inputs[1].columns[0]`. */
  field: string;
  reason: string;
  message: string;
}

interface AssetView {
  state: string;
  owner: string;
  latest: { content: AssetContent };
}

/** Compares a specification with the ledger: members and roles, algorithms, assets and their published columns. All findings at once. */
export async function ledgerFaults(view: LedgerView, spec: FlowSpec): Promise<LedgerFault[]> {
  const members = new Map<string, MemberRecord>();
  for await (const member of view.list<MemberRecord>('membership', 'members', {})) members.set(member.did, member);
  const faults = memberFaults(members, spec);
  for (const [s, step] of spec.steps.entries()) {
    faults.push(...(await algorithmFaults(view, spec, `steps[${s}]`, step)));
    for (const [i, input] of step.inputs.entries()) faults.push(...(await inputFaults(view, spec, input, `steps[${s}].inputs[${i}]`)));
  }
  return faults;
}

function memberFaults(members: ReadonlyMap<string, MemberRecord>, spec: FlowSpec): LedgerFault[] {
  const faults: LedgerFault[] = [];
  const check = (did: string, field: string, role?: string): void => {
    const member = members.get(did);
    if (member === undefined) faults.push({ field, reason: 'UnknownParty', message: `${did} is not known in this network; see the members in 'kubectl get collabnetwork -o yaml'` });
    else if (member.state !== 'Active') faults.push({ field, reason: 'NotAMember', message: `${did} is ${member.state}, not an active member` });
    else if (role !== undefined && !member.roles.includes(role)) faults.push({ field, reason: 'RoleMissing', message: `${did} has not the role ${role}` });
  };
  spec.parties.forEach(({ did }, index) => check(did, `parties[${index}].did`));
  spec.auditors.forEach((did, index) => check(did, `auditors[${index}]`));
  const didOf = new Map(spec.parties.map(({ name, did }) => [name, did]));
  spec.steps.forEach((step, s) =>
    step.roles.compute.forEach((name, index) => {
      const did = didOf.get(name);
      if (did !== undefined && members.get(did)?.state === 'Active') check(did, `steps[${s}].roles.compute[${index}]`, 'ComputeParty');
    }),
  );
  return faults;
}

async function algorithmFaults(view: LedgerView, spec: FlowSpec, at: string, step: FlowStep): Promise<LedgerFault[]> {
  const { algorithm: ref, operator } = step;
  const field = `${at}.algorithm`;
  const record = await view.find<AlgorithmRecord>('algorithms', 'get', { name: ref.name, version: ref.version });
  const name = `${ref.name} ${ref.version}`;
  if (record === undefined) return [{ field, reason: 'UnknownAlgorithm', message: `${name} is not registered; see status.algorithms of the CollabNetwork` }];
  if (record.state !== 'Approved') return [{ field, reason: 'AlgorithmNotApproved', message: `${name} is ${record.state}; a person of each member must approve it first, or name an approved version` }];
  const { operators, engine, trustModels } = record.content;
  if (!operators.includes(operator)) return [{ field: `${at}.operator`, reason: 'OperatorMissing', message: `${name} has not ${operator}, but ${operators.join(', ')}; name an algorithm that has it` }];
  const unable = engineIssues(engine, step, at);
  if (unable.length > 0) return unable.map(({ field: where, message }) => ({ field: where, reason: 'EngineUnable', message }));
  const unfit = queryFaultOf(step, record.content);
  if (unfit !== undefined) return [{ field: `${at}.inputs`, reason: 'QueryMismatch', message: `the query of ${name} does not fit the inputs: ${unfit}` }];
  if (trustModels.includes(spec.trustModel)) return [];
  return [{ field: 'trustModel', reason: 'TrustModelMismatch', message: `${name} is for ${trustModels.join(', ')}` }];
}

/** A query names tables and columns, which the inputs of the step must give. */
function queryFaultOf({ operator, inputs, parameters }: FlowStep, { program }: AlgorithmContent): string | undefined {
  if (OPERATOR_CATALOGUE[operator].program !== 'Sql' || program === undefined) return undefined;
  const tables = inputs.map(({ name, keys, columns }) => ({ name, columns: [...keys, ...columns.filter((column) => !keys.includes(column))], keys: keys.length }));
  return queryFault(program, tables, String(parameters['groupSize']));
}

async function inputFaults(view: LedgerView, spec: FlowSpec, input: FlowInput, at: string): Promise<LedgerFault[]> {
  const { asset } = input;
  // What an earlier step makes was checked with the specification itself.
  if (asset === undefined) return [];
  const record = await view.find<AssetView>('catalogue', 'get', { assetId: asset });
  if (record === undefined) return [{ field: `${at}.asset`, reason: 'UnknownAsset', message: `${asset} is not on the ledger; its owner publishes it with a DataAsset` }];
  if (record.state !== 'Active') return [{ field: `${at}.asset`, reason: 'AssetWithdrawn', message: `${asset} was withdrawn by its owner` }];
  const party = spec.parties.find(({ name }) => name === input.party);
  if (party !== undefined && party.did !== record.owner) return [{ field: `${at}.party`, reason: 'WrongOwner', message: `${asset} belongs to ${record.owner}, not to party ${input.party}` }];
  const content = await versionOf(view, asset, input.assetVersion, record);
  if (content === undefined) return [{ field: `${at}.assetVersion`, reason: 'UnknownAsset', message: `${asset} has no version ${input.assetVersion}` }];
  const published = content.columns.map(({ name }) => name);
  const missing = (columns: readonly string[], member: string): LedgerFault[] =>
    columns.flatMap((column, index) =>
      published.includes(column) ? [] : [{ field: `${at}.${member}[${index}]`, reason: 'ColumnNotPublished', message: `${asset} publishes no column ${column}; it publishes ${published.join(', ') || 'none'}` }],
    );
  return [...missing(input.keys, 'keys'), ...missing(input.columns, 'columns')];
}

async function versionOf(view: LedgerView, assetId: string, version: number | undefined, latest: AssetView): Promise<AssetContent | undefined> {
  if (version === undefined) return latest.latest.content;
  return (await view.find<{ content: AssetContent }>('catalogue', 'version', { assetId, version }))?.content;
}
