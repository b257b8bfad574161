/** `OU` of each role in a certificate. */
export const ROLE_UNITS = { client: 'client', peer: 'peer', admin: 'admin', orderer: 'orderer' } as const;
