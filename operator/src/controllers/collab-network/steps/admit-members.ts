import { admissionEnds, hasEnded, isAdmitted, type ChangeRecord, type CredentialRecord, type MemberRecord, type NetworkView, type Page } from '@collabnet/contracts';
import { LedgerError } from '@collabnet/ledger';
import { memberToken } from '@collabnet/messaging';
import { findOnLedger } from '../find-on-ledger.ts';
import { required, type NetworkRun } from '../network-run.ts';

/** So long an expelled member may go on reading, so that its operator sees why it is gone, ms. */
const NOTICE_MS = 60_000;

/**
 * The host of the hub gives each new member its leaf credentials: sealed to the member's key, on the ledger. Those of a
 * member whose membership has ended are revoked, and an admission ends that was not taken up in time.
 */
export async function admitMembers(run: NetworkRun): Promise<void> {
  const { founding } = run.network.spec;
  if (founding === undefined) return;
  const session = required(run.session, 'session');
  const { caPem } = required(run.access, 'access');
  for (const member of await members(run)) {
    if (hasEnded(member) && !(await isUnderNotice(run, member))) await revoke(run, member);
    if (await lapse(run, member)) continue;
    if (member.did === session.did || !isAdmitted(member) || (await credentialOf(run, member.did)) !== undefined) continue;
    const creds = await run.services.hub.memberCredentials(session.token, memberToken(member.did));
    await session.submit({
      kind: 'Credential',
      contract: 'membership',
      method: 'issueCredential',
      public: { did: member.did },
      sealed: { content: { ...creds, hubUrl: founding.hubURL, caPem }, recipients: [member.did] },
    });
    run.ctx.event({ type: 'Normal', reason: 'CredentialIssued', message: `hub credentials for ${member.displayName}` });
  }
}

/** The rules decide; any member may say so, and the host of the hub is the one that nothing is written without. */
async function lapse(run: NetworkRun, member: MemberRecord): Promise<boolean> {
  const session = required(run.session, 'session');
  if (member.state !== 'Admitted') return false;
  const { rules } = await session.ledger.evaluate<NetworkView>('governance', 'network', {});
  const ends = admissionEnds(member, rules);
  if (ends === undefined || run.ctx.clock.now() < ends) return false;
  try {
    await session.submit({ kind: 'Membership', contract: 'membership', method: 'lapse', public: { did: member.did } });
  } catch (error) {
    // It came at the last moment, or the time of the ledger is behind the own clock.
    if (error instanceof LedgerError && error.code === 'ILLEGAL_TRANSITION') return false;
    throw error;
  }
  run.ctx.event({ type: 'Warning', reason: 'AdmissionLapsed', message: `${member.displayName} was voted in and did not come in time; it needs a new invitation` });
  return true;
}

/** All members, page by page. */
export async function members(run: NetworkRun): Promise<MemberRecord[]> {
  const session = required(run.session, 'session');
  const all: MemberRecord[] = [];
  let after: string | undefined;
  do {
    const page = await session.ledger.evaluate<Page<MemberRecord>>('membership', 'members', { limit: 200, ...(after === undefined ? {} : { after }) });
    all.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return all;
}

async function isUnderNotice(run: NetworkRun, { did, state }: MemberRecord): Promise<boolean> {
  if (state !== 'Expelled') return false;
  const { items } = await required(run.session, 'session').ledger.evaluate<Page<ChangeRecord>>('membership', 'changes', { did, state: 'Carried' });
  const decidedAt = items.find(({ statement }) => statement.change === 'Expel')?.decidedAt ?? 0;
  return run.ctx.clock.now() < decidedAt + NOTICE_MS;
}

/** Which users those are is read from the ledger: the host can open what it sealed. */
async function revoke(run: NetworkRun, member: MemberRecord): Promise<void> {
  const session = required(run.session, 'session');
  const credential = await credentialOf(run, member.did);
  if (credential === undefined) return;
  const { sealed, nonce } = credential;
  const opened = await session.unseal({ network: session.networkId, contract: 'membership', method: 'issueCredential', nonce, sealed });
  const { control, data } = opened as { control: string; data: string };
  if (!(await run.services.hub.revokeMember(session.token, { control, data }, required(run.access, 'access').caPem))) return;
  run.ctx.event({ type: 'Normal', reason: 'CredentialRevoked', message: `the membership of ${member.displayName} has ended: the hub refuses it from now on` });
}

function credentialOf(run: NetworkRun, did: string): Promise<CredentialRecord | undefined> {
  return findOnLedger<CredentialRecord>(required(run.session, 'session').ledger, 'membership', 'credential', { did });
}
