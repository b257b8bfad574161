import type { CredentialRecord, MemberRecord, Page } from '@collabnet/contracts';
import { memberToken } from '@collabnet/messaging';
import { findOnLedger } from '../find-on-ledger.ts';
import { required, type NetworkRun } from '../network-run.ts';

/**
 * The host of the hub gives each new member its leaf credentials: sealed to the member's key, on the ledger. Those of a
 * member that has left are revoked.
 */
export async function admitMembers(run: NetworkRun): Promise<void> {
  const { founding } = run.network.spec;
  if (founding === undefined) return;
  const session = required(run.session, 'session');
  const { caPem } = required(run.access, 'access');
  for (const member of await members(run)) {
    if (member.state === 'Left') await revoke(run, member);
    if (member.did === session.did || member.state !== 'Active' || (await credentialOf(run, member.did)) !== undefined) continue;
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

/** Which users those are is read from the ledger: the host can open what it sealed. */
async function revoke(run: NetworkRun, member: MemberRecord): Promise<void> {
  const session = required(run.session, 'session');
  const credential = await credentialOf(run, member.did);
  if (credential === undefined) return;
  const { sealed, nonce } = credential;
  const opened = await session.unseal({ network: session.networkId, contract: 'membership', method: 'issueCredential', nonce, sealed });
  const { control, data } = opened as { control: string; data: string };
  if (!(await run.services.hub.revokeMember(session.token, { control, data }, required(run.access, 'access').caPem))) return;
  run.ctx.event({ type: 'Normal', reason: 'CredentialRevoked', message: `${member.displayName} has left: the hub refuses it from now on` });
}

function credentialOf(run: NetworkRun, did: string): Promise<CredentialRecord | undefined> {
  return findOnLedger<CredentialRecord>(required(run.session, 'session').ledger, 'membership', 'credential', { did });
}
