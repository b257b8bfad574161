export { MessagingError } from './errors.ts';
export type { MessagingErrorCode } from './errors.ts';
export { createNkey } from './nkey.ts';
export type { Nkey, NkeyKind } from './nkey.ts';
export { decodeJwt, sameClaims, signAccountJwt, signOperatorJwt, signUserJwt } from './claims.ts';
export type {
  AccountJwtInput,
  AccountLimits,
  ConnectionType,
  NatsClaims,
  OperatorJwtInput,
  Revocations,
  SubjectPermission,
  UserJwtInput,
  UserPermissions,
} from './claims.ts';
export { formatCreds, parseCreds } from './credentials.ts';
export type { Credentials } from './credentials.ts';
export { attemptToken, invitationOf, invitationToken, memberToken, networkToken, taskToken } from './tokens.ts';
export {
  attemptControlSubject,
  attemptReplySubject,
  attemptInbox,
  dataSubject,
  headsSubject,
  invitationInbox,
  invitationLedgerSubject,
  ledgerEventsSubject,
  ledgerHostSubject,
  ledgerSubject,
  memberInbox,
  parseLedgerSubject,
} from './subjects.ts';
export type { AttemptAddress, LedgerOperation } from './subjects.ts';
export {
  courierUser,
  hubLeafControlUser,
  hubLeafDataUser,
  hubLedgerHostUser,
  invitationUser,
  ledgerClientUser,
  operatorControlUser,
  operatorDataUser,
  systemOperatorUser,
} from './permissions.ts';
export type { UserKind } from './permissions.ts';
export { serverConfig, serverConfigRevision } from './server-config.ts';
export type { LeafRemote, Listen, ListenerTls, RemoteTls, ServerConfigInput, ServerLimits } from './server-config.ts';
export { fetchAccountJwt, pushAccountJwt, reloadServer, SYSTEM_INBOX } from './system-account.ts';
export { connect } from './connect.ts';
export type { ConnectOptions, NatsConnection } from './connect.ts';
export { askAttempt, requestJson } from './request.ts';
export type { RequestOptions } from './request.ts';
export {
  accountJwtsOf,
  accountOf,
  createTrust,
  epochSeconds,
  issueUser,
  operatorJwtOf,
  pruneRevocations,
  revokeUser,
  withAccounts,
} from './trust.ts';
export type { AccountTrust, IssuedUser, IssueUserInput, NatsTrust } from './trust.ts';
export type { ServerSettings, UserOptions } from './nats-authority.ts';
export { InstitutionNats } from './institution-nats.ts';
export type { Channel, NetworkLeaf } from './institution-nats.ts';
export { HubNats } from './hub-nats.ts';
