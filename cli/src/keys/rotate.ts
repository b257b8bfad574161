import { rotationStatement } from '@collabnet/contracts';
import type { ParticipantDID } from '@collabnet/crds';
import { digestOf } from '@collabnet/envelope';
import { encodeSm2Multikey, type FileKeyStore } from '@collabnet/sm';
import { CliError } from '../base/errors.ts';
import { networkWithId, sendDecision } from '../decide/send.ts';
import type { Kube } from '../kube/kube.ts';
import { personFrom } from './person.ts';

/** A person's key and the one that takes its place. */
export interface KeyChange {
  readonly name: string;
  readonly to: string;
  readonly reason: string;
  readonly timeoutMs: number;
}

/** `li-wei-2` after `li-wei`, `li-wei-3` after that. */
export function nextKeyName(name: string): string {
  const [, stem = name, number = '1'] = /^(.*)-(\d{1,4})$/.exec(name) ?? [];
  return `${stem}-${Number(number) + 1}`;
}

/**
 * Replaces a person's key in every network, signed with the old one. What was done before an interruption is found
 * again, so the command can be repeated.
 *
 * @param store holds both keys
 * @returns networks in which the ledger took the new key now
 * @throws CliError NOT_READY, KEY_UNKNOWN; REFUSED with the ledger's reason
 */
export async function rotatePersonKey(kube: Kube, person: ParticipantDID, store: FileKeyStore, change: KeyChange): Promise<string[]> {
  const [oldKey, newKey] = [encodeSm2Multikey(await store.publicKey(change.name)), await store.publicKey(change.to)];
  const changed: string[] = [];
  for (const { networkID, publicKeyMultibase, deactivated } of person.status?.registered ?? []) {
    const network = await networkWithId(kube, networkID);
    if (network === undefined || deactivated === true || publicKeyMultibase === encodeSm2Multikey(newKey)) continue;
    if (publicKeyMultibase !== oldKey) {
      throw new CliError('KEY_UNKNOWN', `the ledger of network ${network.name} holds another key of ${person.metadata.name} than ${change.name}; name the key that it holds: ${publicKeyMultibase ?? 'none'}`);
    }
    const { did, keyId } = personFrom(person, networkID);
    const proof = await store.sign(change.to, rotationStatement(networkID, did, newKey));
    const body = { newSignKey: newKey, proof };
    const subject = { kind: 'KeyRotation', id: did, digest: digestOf(body) } as const;
    const decision = { network, subject, decision: 'Approve', reason: change.reason, signer: { did, keyId }, expires: Date.now() + 3_600_000, body } as const;
    await sendDecision(kube, decision, (message) => store.sign(change.name, new Uint8Array(message)), `rotate-${person.metadata.name}`, change.timeoutMs);
    changed.push(network.name);
  }
  return changed;
}
