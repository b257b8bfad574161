import type { ConnectionType, UserPermissions } from './claims.ts';
import {
  attemptControlSubject,
  attemptInbox,
  attemptReplySubject,
  dataSubject,
  headsSubject,
  invitationInbox,
  invitationLedgerSubject,
  ledgerEventsSubject,
  ledgerHostSubject,
  ledgerSubject,
  memberInbox,
  type AttemptAddress,
} from './subjects.ts';
import { requireMember, requireToken } from './tokens.ts';

/** What a kind of user may do and how it may connect. */
export interface UserKind {
  readonly permissions: UserPermissions;
  readonly allowedConnectionTypes: readonly ConnectionType[];
}

/**
 * Hub user of a member's control leaf. On a leaf user the hub reads `pub` as what the member's server may send in and
 * `sub` as what it may take out, and tells that server, which then filters its own side.
 */
export function hubLeafControlUser(net: string, member: string): UserKind {
  return leaf({
    pub: { allow: [...ledgerRequests(net, member), headsSubject(net, member)] },
    sub: { allow: [ledgerEventsSubject(net), headsSubject(net), `${memberInbox(net, member)}.>`] },
  });
}

/** Hub user of a member's data leaf: out as itself to anyone, in what is addressed to it. */
export function hubLeafDataUser(net: string, member: string): UserKind {
  const [network, self] = [requireToken(net, 'net'), requireMember(member, 'member')];
  return leaf({
    pub: { allow: [`data.${network}.*.*.${self}.*`] },
    sub: { allow: [`data.${network}.*.*.*.${self}`] },
  });
}

/** Hub user of the embedded ledger service. */
export function hubLedgerHostUser(net: string): UserKind {
  return client({
    pub: { allow: [`inbox.${requireToken(net, 'net')}.*.>`, ledgerEventsSubject(net)] },
    sub: { allow: [ledgerHostSubject(net)] },
  });
}

/** Hub user of one who holds an invitation: it can ask to join and read the chain, nothing else. */
export function invitationUser(net: string, invitationId: string): UserKind {
  return client({
    pub: {
      allow: (['join', 'blocks', 'head'] as const).map((operation) =>
        invitationLedgerSubject(net, invitationId, operation),
      ),
    },
    sub: { allow: [`${invitationInbox(net, invitationId)}.>`] },
  });
}

/** Operator on its institution's local control account. */
export function operatorControlUser(net: string, self: string): UserKind {
  const { permissions } = hubLeafControlUser(net, self);
  return client(permissions);
}

/** Operator on its institution's local data account: asks couriers, hears their answers, sees no data. */
export function operatorDataUser(net: string, self: string): UserKind {
  return client({
    pub: { allow: [`attempt.${requireToken(net, 'net')}.*.*.control`] },
    sub: { allow: [`${memberInbox(net, self)}.>`, `attempt-reply.${requireToken(net, 'net')}.*.*.*`] },
  });
}

/** Data proxy or result store on the local control account: reads the ledger, submits nothing. */
export function ledgerClientUser(net: string, self: string, clientName: string): UserKind {
  return client({
    pub: { allow: [ledgerSubject(net, self, 'blocks'), ledgerSubject(net, self, 'head')] },
    sub: { allow: [ledgerEventsSubject(net), headsSubject(net), `${memberInbox(net, self, clientName)}.>`] },
  });
}

/** Courier of one attempt on the local data account: its peers of this attempt and its operator's requests. */
export function courierUser(address: AttemptAddress, self: string, peers: readonly string[]): UserKind {
  return client({
    // No right to answer wherever a message says: a peer would choose what this courier may say.
    pub: { allow: [...peers.map((peer) => dataSubject(address, self, peer)), `${attemptReplySubject(address)}.*`] },
    sub: {
      allow: [
        ...peers.map((peer) => dataSubject(address, peer, self)),
        attemptControlSubject(address),
        `${attemptInbox(address)}.>`,
      ],
    },
  });
}

/** Operator on the system account of a server it owns: claims and reload, nothing else of the system. */
export function systemOperatorUser(): UserKind {
  return client({
    pub: {
      allow: [
        '$SYS.REQ.CLAIMS.UPDATE',
        '$SYS.REQ.CLAIMS.LIST',
        '$SYS.REQ.ACCOUNT.*.CLAIMS.LOOKUP',
        '$SYS.REQ.SERVER.*.RELOAD',
        '$SYS.REQ.SERVER.PING.*',
        '$SYS.REQ.USER.INFO',
      ],
    },
    sub: { allow: ['inbox.system.>'] },
  });
}

function ledgerRequests(net: string, member: string): string[] {
  return (['submit', 'blocks', 'head'] as const).map((operation) => ledgerSubject(net, member, operation));
}

function leaf(permissions: UserPermissions): UserKind {
  return { permissions, allowedConnectionTypes: ['LEAFNODE'] };
}

function client(permissions: UserPermissions): UserKind {
  return { permissions, allowedConnectionTypes: ['STANDARD'] };
}
