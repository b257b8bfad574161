import { lookup } from 'node:dns';
import type { MemberAddresses } from './member-addresses.ts';

/** Where all institutions of a test have their nodes on loopback, on any port. */
export const LOOPBACK: MemberAddresses = { problemOf: () => undefined, lookup };
