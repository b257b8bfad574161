import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Approval, CollabNetwork } from '@collabnet/crds';
import { apply, collabnet, get, institutionDid, membersNetwork, NETWORK, person, type DemoInstitution } from '@collabnet/hack';
import { askToJoin, installApplicant, newApplicant, removeApplicant, voteOn } from './fixture/applicant.ts';
import { readyConsortium, type Consortium } from './fixture/consortium.ts';
import { BANK_A, BANK_B, INSTITUTIONS, SUPERVISOR } from './fixture/institutions.ts';
import { algorithmState, forgetAlgorithm, networkOf, registerAlgorithm } from './support/algorithms.ts';
import { decide, forged, renamed, signedApproval } from './support/approvals.ts';
import { isReady, type Conditioned } from './support/conditions.ts';
import { eventually, remove, stalled } from './support/objects.ts';

let consortium: Consortium;
before(async () => {
  consortium = await readyConsortium();
});

test('three institutions agree on one network, its members and its head', async () => {
  const seen = await Promise.all(INSTITUTIONS.map(({ namespace }) => get<CollabNetwork>(namespace, 'collabnetwork', NETWORK)));
  assert.deepEqual(seen.map((each) => each?.status?.membership), ['Founder', 'Active', 'Active']);
  for (const each of seen) {
    assert.equal(each?.status?.networkID, consortium.networkId);
    const members = (each?.status?.members ?? []).filter(({ state }) => state === 'Active').map(({ did }) => did);
    assert.deepEqual(members.sort(), [consortium.bankA, consortium.bankB, consortium.supervisor].sort());
  }
});

describe('votes', () => {
  /** A version of the algorithm that only this test decides about. */
  async function withVersion(seenBy: readonly DemoInstitution[], act: (version: string, target: string) => Promise<void>): Promise<void> {
    const version = `0.${randomInt(1_000_000)}.${randomInt(1_000_000)}`;
    await registerAlgorithm(version, seenBy);
    try {
      await act(version, `algorithm/psi@${version}`);
    } finally {
      await forgetAlgorithm(version);
    }
  }

  test("a decision that another key signed is refused, and the person's own vote still counts", () =>
    withVersion([BANK_A], async (_, target) => {
      const own = await signedApproval(BANK_A, target);
      await apply(BANK_A.namespace, [renamed(forged(consortium.networkId, own), 'forged-vote')]);
      const { reason, message } = await stalled({ namespace: BANK_A.namespace, kind: 'approval', name: 'forged-vote' });
      assert.equal(reason, 'InvalidSignature', message);
      assert.match(message, /^spec\.signature: /);
      await remove(BANK_A.namespace, 'approval', 'forged-vote');
      await decide('approve', BANK_A, target, 'reviewed');
    }));

  test('the same signed decision in another object is adopted, and counts once', () =>
    withVersion([SUPERVISOR], async (version, target) => {
      const signed = await signedApproval(SUPERVISOR, target);
      const names = ['first-copy', 'second-copy'];
      await apply(SUPERVISOR.namespace, names.map((name) => renamed(signed, name)));
      const recorded = [];
      for (const name of names) {
        recorded.push(
          await eventually<Approval & Conditioned, { transaction?: string; height?: number }>(
            { namespace: SUPERVISOR.namespace, kind: 'approval', name },
            'was to be recorded',
            (object) => isReady(object) && { transaction: object.status?.transaction, height: object.status?.height },
          ),
        );
      }
      assert.deepEqual(recorded[0], recorded[1]);
      assert.match(recorded[0]?.transaction ?? '', /^[0-9a-f]{64}$/);
      await algorithmState(SUPERVISOR, version, (state) => state === 'Registered');
      await remove(SUPERVISOR.namespace, 'approval', ...names);
    }));

  test('of a majority of the members approve an algorithm, and everyone sees it', () =>
    withVersion([SUPERVISOR, BANK_B], async (version, target) => {
      for (const voter of [SUPERVISOR, BANK_B]) await decide('approve', voter, target, 'reviewed');
      for (const each of INSTITUTIONS) await algorithmState(each, version, (state) => state === 'Approved');
    }));
});

describe('an institution that asks to join', () => {
  const applicant = newApplicant();
  before(async () => {
    await installApplicant(applicant);
    await askToJoin(applicant);
  });
  after(() => removeApplicant(applicant));

  test('is refused by a majority, with their reasons', async () => {
    await voteOn(applicant, [SUPERVISOR, BANK_B], 'refuse', ({ code }) => `${code} does not know it`);
    const { reason, message } = await stalled(networkOf(applicant));
    assert.equal(reason, 'JoinRefused');
    assert.match(message, /bank-b does not know it; supervisor does not know it/);
    assert.match(message, /new invitation/);
    const refused = await get<CollabNetwork>(applicant.namespace, 'collabnetwork', NETWORK);
    assert.equal(refused?.status?.membership, 'Refused');
    const members = (await get<CollabNetwork>(SUPERVISOR.namespace, 'collabnetwork', NETWORK))?.status?.members ?? [];
    assert.equal(members.some(({ did }) => did.endsWith(`:${applicant.code}`)), false);
  });

  test('cannot use an invitation that another request has used', async () => {
    const other = { ...newApplicant(), namespace: applicant.namespace };
    const network = { ...membersNetwork(other), metadata: { name: 'again' }, spec: { ...(membersNetwork(other).spec as object), join: { invitationSecretRef: { name: `${NETWORK}-invitation-${applicant.code}` } } } };
    await apply(other.namespace, [institutionDid(other), await person(other), network]);
    const { reason, message } = await stalled({ namespace: other.namespace, kind: 'collabnetwork', name: 'again' });
    assert.equal(reason, 'JoinRefused');
    assert.match(message, /used by another request; ask for a new one/);
  });
});

describe('a member that the others decide about', () => {
  const member = newApplicant();
  before(async () => {
    await installApplicant(member);
    await askToJoin(member);
    await voteOn(member, [SUPERVISOR, BANK_B], 'approve', () => 'welcome');
    await eventually<Conditioned, true>(networkOf(member), 'was to be a member', isReady, 180_000);
  });
  after(() => removeApplicant(member));

  /** The first voter proposes the change, and the others vote for it. */
  async function agree(command: 'suspend' | 'reinstate' | 'expel', [proposer, ...others]: readonly [DemoInstitution, ...DemoInstitution[]]): Promise<void> {
    const by = ({ person: { name } }: DemoInstitution): string[] => ['--key', name, '--reason', `decided to ${command} it`, '--yes', '--timeout', '180s'];
    await collabnet(proposer.namespace, ['network', command, member.code, ...by(proposer)]);
    for (const voter of others) {
      const id = await eventually<CollabNetwork & { status: never }, string>(networkOf(voter), `was to show what ${proposer.code} proposes`, ({ status }) =>
        (status as CollabNetwork['status'])?.pendingChanges?.find(({ did, change }) => did.endsWith(`:${member.code}`) && change.toLowerCase() === command)?.id,
      );
      await collabnet(voter.namespace, ['network', 'vote', id, ...by(voter)]);
    }
  }

  const seenAs = (state: string): Promise<true> =>
    eventually<CollabNetwork & { status: never }, true>(networkOf(BANK_B), `was to see it as ${state}`, ({ status }) =>
      (status as CollabNetwork['status'])?.members?.some((each) => each.did.endsWith(`:${member.code}`) && each.state === state) === true,
    );

  test('is suspended by more than half of all, says so, and comes back by their vote', async () => {
    await agree('suspend', [SUPERVISOR, BANK_A, BANK_B]);
    const { reason, message } = await stalled(networkOf(member));
    assert.equal(reason, 'MembershipSuspended', message);
    await seenAs('Suspended');
    await agree('reinstate', [BANK_A, SUPERVISOR]);
    await eventually<Conditioned, true>(networkOf(member), 'was to be a member again', isReady);
    await seenAs('Active');
  });

  test('is expelled for good, and says why', async () => {
    await agree('expel', [BANK_B, SUPERVISOR, BANK_A]);
    const { reason, message } = await stalled(networkOf(member));
    assert.equal(reason, 'Expelled', message);
    assert.match(message, /only a new invitation leads back, with another subjectCode/);
    await seenAs('Expelled');
  });
});

describe('the ledger', () => {
  const folder = mkdtempSync(join(tmpdir(), 'collabnet-e2e-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('is verified from its first block on, against the network it must be', async () => {
    const { stdout } = await collabnet(SUPERVISOR.namespace, ['ledger', 'verify', '-o', 'json']);
    const report = JSON.parse(stdout) as { verified: boolean; networkID: string; height: number; transactions: number };
    assert.equal(report.verified, true);
    assert.equal(report.networkID, consortium.networkId);
    assert.ok(report.height > 5 && report.transactions > 5, stdout);
  });

  test('is found altered when one character of its export is changed', async () => {
    const file = join(folder, 'chain.jsonl');
    await collabnet(SUPERVISOR.namespace, ['ledger', 'export', file]);
    const whole = await collabnet(SUPERVISOR.namespace, ['ledger', 'verify', file, '--network-id', consortium.networkId]);
    assert.equal(whole.code, 0);
    const lines = readFileSync(file, 'utf8').split('\n');
    const vote = lines.findIndex((line) => altering(line) !== undefined);
    assert.ok(vote > 0, 'the chain has no vote with the reason that the fixture gives');
    const number = numberOf(lines[vote] ?? '') ?? vote - 1;
    lines[vote] = altering(lines[vote] ?? '') ?? '';
    const altered = join(folder, 'altered.jsonl');
    writeFileSync(altered, lines.join('\n'));
    const { code, stderr } = await collabnet(SUPERVISOR.namespace, ['ledger', 'verify', altered, '--network-id', consortium.networkId], { allowFailure: true });
    assert.equal(code, 6, stderr);
    assert.match(stderr, new RegExp(`block ${number}\\b`));
  });

  test('keeps its ids to one network: a chain of another is refused', async () => {
    const { code } = await collabnet(SUPERVISOR.namespace, ['ledger', 'verify', '--network-id', '0'.repeat(64)], { allowFailure: true });
    assert.equal(code, 6);
  });
});

const [REASON, ALTERED] = ['"reviewed protocol"', '"reviewed protocoL"'] as const;

/** A line of an export with one character of a vote changed; undefined when it has none. On Fabric a block is its octets in base64. */
function altering(line: string): string | undefined {
  if (line.includes(REASON)) return line.replace(REASON, ALTERED);
  const parsed = (line === '' ? {} : JSON.parse(line)) as { block?: unknown };
  const octets = typeof parsed.block === 'string' ? Buffer.from(parsed.block, 'base64').toString('latin1') : '';
  return octets.includes(REASON) ? JSON.stringify({ ...parsed, block: Buffer.from(octets.replace(REASON, ALTERED), 'latin1').toString('base64') }) : undefined;
}

/** On Fabric a line names its block; on the embedded ledger the first line describes the file and blocks follow from 0. */
function numberOf(line: string): number | undefined {
  return (JSON.parse(line) as { number?: number }).number;
}
