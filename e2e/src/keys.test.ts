import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { CollabNetwork, ParticipantDID } from '@collabnet/crds';
import { apply, collabnet, get, NETWORK } from '@collabnet/hack';
import { readyConsortium, type Consortium } from './fixture/consortium.ts';
import { askToJoin, installApplicant, newApplicant, removeApplicant, voteOn } from './fixture/applicant.ts';
import { BANK_A, BANK_B, SUPERVISOR } from './fixture/institutions.ts';
import { loseKeys, mountToken } from './fixture/token.ts';
import { networkOf } from './support/algorithms.ts';
import { decide } from './support/approvals.ts';
import { isReady, stalledOf, type Conditioned } from './support/conditions.ts';
import { eventually, patch, remove, stalled, type Target } from './support/objects.ts';
import { approveAsB, approveAsBoth, inPhase, proposed, psiTask, removeTasks, succeeded, taskName } from './support/tasks.ts';

type SeenDid = ParticipantDID & Conditioned;

let consortium: Consortium;
before(async () => {
  consortium = await readyConsortium();
});

const didAt = (namespace: string, name: string): Target => ({ namespace, kind: 'participantdid', name });
/** The new keys wait until data proxies and result store know them. */
const ROTATION_MS = 240_000;

async function didOf(target: Target): Promise<SeenDid> {
  const found = await get<SeenDid>(target.namespace, target.kind, target.name);
  assert.ok(found, `${target.namespace}/${target.name}`);
  return found;
}

const keyOf = ({ status }: SeenDid): string | undefined => status?.registered?.[0]?.keyID?.split('#')[1];

describe("an institution's keys", () => {
  const [during, afterwards] = [taskName('during-rotation'), taskName('after-rotation')];
  after(() => removeTasks(during, afterwards));

  test('are replaced while a task runs, which is not disturbed, and the next one runs under the new ones', async () => {
    const target = didAt(BANK_A.namespace, BANK_A.code);
    const before = await didOf(target);
    const generation = (before.status?.keyGeneration ?? 0) + 1;
    await patch(BANK_A.namespace, 'participantdid', BANK_A.code, { spec: { keyRotation: { generation } } });
    await eventually<SeenDid, true>(target, 'was to prepare new keys', ({ status }) => status?.pendingKeys !== undefined || (status?.keyGeneration ?? 0) >= generation);
    await apply(BANK_A.namespace, [psiTask(consortium, during)]);
    await approveAsBoth(during);
    await succeeded(during, ROTATION_MS);
    const rotated = await eventually<SeenDid, SeenDid>(target, 'was to have the new keys', (object) => object.status?.keyGeneration === generation && isReady(object) && object, ROTATION_MS);
    assert.notEqual(keyOf(rotated), keyOf(before));
    assert.notEqual(rotated.status?.publicKeyMultibase, before.status?.publicKeyMultibase);
    assert.equal(rotated.status?.pendingKeys, undefined);
    await apply(BANK_A.namespace, [psiTask(consortium, afterwards)]);
    await approveAsBoth(afterwards);
    const task = await succeeded(afterwards, ROTATION_MS);
    assert.ok((task.status?.results?.[0]?.rows ?? 0) > 0);
  });
});

describe('a person', () => {
  const code = randomBytes(3).toString('hex');
  const key = `deputy-${code}`;
  const name = `bank-a-${key}`;
  const [first, second, refused] = [taskName('first-key'), taskName('second-key'), taskName('no-key')];
  after(async () => {
    await removeTasks(first, second, refused);
    await remove(BANK_A.namespace, 'participantdid', name);
  });

  const approve = async (task: string, as: string): ReturnType<typeof collabnet> => {
    await proposed(task);
    return collabnet(BANK_A.namespace, ['approve', task, '--key', as, '--reason', 'agreed', '--yes', '--timeout', '90s'], { allowFailure: true });
  };

  test('is registered by a colleague and consents with its own key', async () => {
    const manifest = await collabnet(BANK_A.namespace, ['key', 'create', key, '--manifest', '--subject-code', `${BANK_A.code}.${key}`, '--display-name', 'Deputy', '--person', name, '-o', 'json']);
    const object = JSON.parse(manifest.stdout) as { spec: object };
    await apply(BANK_A.namespace, [{ ...object, spec: { ...object.spec, networkRef: { name: NETWORK } } }]);
    await decide('approve', BANK_A, `person/${name}`, 'deputy for the holidays');
    await eventually<SeenDid, true>(didAt(BANK_A.namespace, name), 'was to be registered', (object) => keyOf(object) === 'key-1');
    await apply(BANK_A.namespace, [psiTask(consortium, first)]);
    const { code: exit, stderr } = await approve(first, key);
    assert.equal(exit, 0, stderr);
  });

  test('replaces its key by one command and consents with the new one', async () => {
    const { stdout } = await collabnet(BANK_A.namespace, ['key', 'rotate', key, '--to', `${key}-new`, '--yes', '--timeout', '90s']);
    assert.match(stdout, /has replaced/);
    await eventually<SeenDid, true>(didAt(BANK_A.namespace, name), 'was to show the new key', (object) => keyOf(object) === 'key-2' && isReady(object));
    await apply(BANK_A.namespace, [psiTask(consortium, second)]);
    const { code: exit, stderr } = await approve(second, `${key}-new`);
    assert.equal(exit, 0, stderr);
    await approveAsB(second);
    await succeeded(second, ROTATION_MS);
  });

  test('that was deactivated consents to nothing, whatever it signs', async () => {
    await apply(BANK_A.namespace, [psiTask(consortium, refused)]);
    await proposed(refused);
    const signed = await collabnet(BANK_A.namespace, ['approve', refused, '--key', `${key}-new`, '--reason', 'agreed', '--yes', '--dry-run', '-o', 'json']);
    await patch(BANK_A.namespace, 'participantdid', name, { spec: { deactivated: true } });
    await eventually<SeenDid, true>(didAt(BANK_A.namespace, name), 'was to be out of use', ({ status }) => status?.registered?.[0]?.deactivated === true);
    const command = await approve(refused, `${key}-new`);
    assert.match(command.stderr, /belongs to no ParticipantDID/);
    const approval = JSON.parse(signed.stdout) as { metadata: { name: string } };
    await apply(BANK_A.namespace, [approval]);
    const { reason, message } = await stalled({ namespace: BANK_A.namespace, kind: 'approval', name: approval.metadata.name });
    assert.equal(reason, 'InvalidSignature');
    assert.match(message, /no longer valid/);
    await inPhase(refused, 'AwaitingApproval');
    await remove(BANK_A.namespace, 'approval', approval.metadata.name);
  });
});

describe('an institution whose keys a token seals', () => {
  const applicant = newApplicant();
  const target = didAt(applicant.namespace, applicant.code);
  const shares = ['li', 'wang'].map((holder) => `recovery-${holder}-${randomBytes(3).toString('hex')}`);
  const folder = mkdtempSync(join(tmpdir(), 'collabnet-recovery-'));
  after(async () => {
    rmSync(folder, { recursive: true });
    await removeApplicant(applicant);
  });

  test('becomes a member with them; the Secret holds no key in clear', async () => {
    await installApplicant(applicant);
    await askToJoin(applicant, { keyStore: await mountToken(applicant) });
    await voteOn(applicant, [SUPERVISOR, BANK_B], 'approve', () => 'welcome');
    await eventually<Conditioned, true>(networkOf(applicant), 'was to be a member', isReady, 180_000);
    const secret = await get<{ data: Record<string, string> }>(applicant.namespace, 'secret', `${applicant.code}-sealed-keys`);
    const entries = Object.entries(secret?.data ?? {}).map(([name, value]) => [name, Buffer.from(value, 'base64').toString('utf8')] as const);
    assert.deepEqual(entries.filter(([, value]) => /[0-9a-f]{64}/.test(value.trim()) && !value.startsWith('{')), []);
    for (const use of ['sign', 'agree']) assert.equal((JSON.parse(entries.find(([name]) => name === `${use}.key`)?.[1] ?? '{}') as { keyId?: string }).keyId, use);
    assert.equal(await get(applicant.namespace, 'secret', `${applicant.code}-keys`), undefined);
  });

  test('registers its recovery keys from the spec, and does not need them while nothing is lost', async () => {
    const publicKeys: string[] = [];
    for (const share of shares) {
      const { stdout } = await collabnet(applicant.namespace, ['key', 'create', share, '-o', 'json']);
      publicKeys.push((JSON.parse(stdout) as { publicKeyMultibase: string }).publicKeyMultibase);
    }
    await patch(applicant.namespace, 'participantdid', applicant.code, { spec: { recovery: { threshold: 2, publicKeys } } });
    await eventually<SeenDid, true>(target, 'was to register its recovery keys', ({ status }) => status?.registered?.[0]?.recoveryVersion === 1);
    assert.equal((await collabnet(applicant.namespace, ['recovery', 'request', applicant.code], { allowFailure: true })).code, 4, 'nothing is lost yet');
  });

  test('loses them, and has the new ones recognised by two recovery keys, another member and the lock', async () => {
    await loseKeys(applicant);
    const { message } = await stalled(target);
    assert.match(message, /holds another signing key .* kubectl collabnet recovery/);
    const write = async (name: string, namespace: string, args: readonly string[]): Promise<string> => {
      const file = join(folder, name);
      writeFileSync(file, (await collabnet(namespace, args)).stdout);
      return file;
    };
    const request = await write('request.json', applicant.namespace, ['recovery', 'request', applicant.code]);
    const signatures: string[] = [];
    for (const share of shares) signatures.push(await write(`${share}.json`, applicant.namespace, ['recovery', 'sign', request, '--key', share, '--yes']));
    await collabnet(BANK_B.namespace, ['recovery', 'submit', request, ...signatures, '--key', BANK_B.person.name, '--reason', 'sealed keys lost', '--yes']);
    await eventually<SeenDid, true>(target, 'was to wait for the lock', ({ status }) => status?.recoveries?.[0]?.state === 'Locked');
    const recovered = await eventually<SeenDid, SeenDid>(target, 'was to have its keys recognised', (object) => keyOf(object) === 'key-2' && isReady(object) && object, 120_000);
    assert.equal(recovered.status?.registered?.[0]?.publicKeyMultibase, recovered.status?.publicKeyMultibase);
  });

  test('leaves by its spec, signed with the recovered key; the others see it, and its object says so', async () => {
    await collabnet(applicant.namespace, ['network', 'leave', NETWORK, '--yes']);
    await eventually<CollabNetwork & { status: never }, true>(networkOf(applicant), 'was to have left', ({ status }) => (status as CollabNetwork['status'])?.membership === 'Left', 120_000);
    await eventually<CollabNetwork & { status: never }, true>(
      networkOf(BANK_B),
      'was to see that it left',
      ({ status }) => (status as CollabNetwork['status'])?.members?.some(({ did, state }) => did.endsWith(`:${applicant.code}`) && state === 'Left') === true,
    );
    assert.equal(stalledOf(await didOf(target)), undefined);
  });
});
