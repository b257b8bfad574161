import type { RecoveryStatement } from '@collabnet/contracts';
import type { ParticipantDID } from '@collabnet/crds';
import { formatDid } from '@collabnet/did';
import { newNonce } from '@collabnet/envelope';
import { decodeSm2Multikey } from '@collabnet/sm';
import { CliError } from '../base/errors.ts';

/**
 * What has to be signed to bring in the keys that an institution's operator holds now.
 *
 * @param expires ms since 1970
 * @throws CliError REFUSED where nothing is to be recovered, NOT_READY while the operator shows no key
 */
export function recoveryStatement({ metadata, spec, status }: ParticipantDID, networkId: string, expires: number): RecoveryStatement {
  if (spec.type !== 'Institution') throw new CliError('REFUSED', `ParticipantDID ${metadata.name} is a person; deactivate it and register another`);
  const { publicKeyMultibase, agreeKeyMultibase } = status?.pendingKeys ?? status ?? {};
  if (publicKeyMultibase === undefined || agreeKeyMultibase === undefined) {
    throw new CliError('NOT_READY', `ParticipantDID ${metadata.name} shows no keys yet; see kubectl describe participantdid ${metadata.name}`);
  }
  const held = status?.registered?.find(({ networkID }) => networkID === networkId)?.publicKeyMultibase;
  if (held === publicKeyMultibase) {
    throw new CliError('REFUSED', 'the ledger holds this key already: nothing is lost. To replace keys that are held, raise spec.keyRotation.generation');
  }
  return {
    schema: 'collabnet.dev/recovery-statement/v1',
    network: networkId,
    did: formatDid(networkId, spec.subjectCode),
    newSignKey: decodeSm2Multikey(publicKeyMultibase),
    newAgreeKey: decodeSm2Multikey(agreeKeyMultibase),
    nonce: newNonce(),
    expires,
  };
}
