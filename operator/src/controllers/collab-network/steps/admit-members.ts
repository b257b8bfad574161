import type { MemberRecord, Page } from '@collabnet/contracts';
import { LedgerError } from '@collabnet/ledger';
import { memberToken } from '@collabnet/messaging';
import { required, type NetworkRun } from '../network-run.ts';

/** The host of the hub gives each new member its leaf credentials: sealed to the member's key, on the ledger. */
export async function admitMembers(run: NetworkRun): Promise<void> {
  const { founding } = run.network.spec;
  if (founding === undefined) return;
  const session = required(run.session, 'session');
  const { caPem } = required(run.access, 'access');
  for (const member of await members(run)) {
    if (member.did === session.did || member.state !== 'Active' || (await hasCredential(run, member.did))) continue;
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

async function hasCredential(run: NetworkRun, did: string): Promise<boolean> {
  try {
    await required(run.session, 'session').ledger.evaluate('membership', 'credential', { did });
    return true;
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'NOT_FOUND') return false;
    throw error;
  }
}
