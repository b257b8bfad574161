import { z } from 'zod';
import { StalledError } from '../../runtime/index.ts';

/** Key of the invitation inside its Secret. */
export const INVITATION_ENTRY = 'invitation.json';

/**
 * What an invited institution gets from a member, out of band: where the hub is, whom to trust there (`caPem`), which
 * network it is (its genesis hash), and a credential good for `ledger.join` only.
 */
export const invitationSchema = z.strictObject({
  schema: z.literal('collabnet.dev/invitation/v1'),
  networkId: z.string().regex(/^[0-9a-f]{64}$/),
  networkName: z.string().max(256),
  /** Driver of its ledger, which the invited institution must name too. */
  ledgerDriver: z.enum(['embedded', 'fabric']).default('embedded'),
  invitationId: z.string().min(1).max(128),
  /** SM2 private key in hex: whoever holds it may join once. */
  invitationKey: z.string().regex(/^[0-9a-f]{64}$/),
  hubClientUrl: z.string().max(512),
  caPem: z.string().max(16_384),
  creds: z.string().max(16_384),
  /** Epoch ms. */
  expires: z.number().int(),
});

export type Invitation = z.infer<typeof invitationSchema>;

/** @throws StalledError WrongLedgerDriver when the spec names another driver than the network has */
export function requireLedgerDriver(named: Invitation['ledgerDriver'], { ledgerDriver, networkName }: Invitation): void {
  if (named === ledgerDriver) return;
  throw new StalledError('WrongLedgerDriver', `spec.ledger.driver: ${networkName} is on ${ledgerDriver}, not on ${named}; delete this CollabNetwork and create it with ledger.driver: ${ledgerDriver}`);
}

/** Reads an invitation out of its Secret. Throws StalledError InvalidInvitation naming the field. */
export function parseInvitation(secretName: string, values: Record<string, string>): Invitation {
  const text = values[INVITATION_ENTRY];
  if (text === undefined) throw new StalledError('InvalidInvitation', `Secret ${secretName} has no entry ${INVITATION_ENTRY}; apply the Secret you were given unchanged`);
  const parsed = invitationSchema.safeParse(safeJson(text));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new StalledError('InvalidInvitation', `Secret ${secretName}, ${INVITATION_ENTRY}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'malformed'}; ask for a new invitation`);
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
