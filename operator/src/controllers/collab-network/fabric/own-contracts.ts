import { CONTRACTS_VERSION } from '@collabnet/contracts';
import { contractsDigest } from './contracts-digest.ts';

/** The contracts of this operator's release. */
export interface OwnContracts {
  readonly version: string;
  /** SHA-256 of their modules, 64 hexadecimal digits. */
  readonly digest: string;
}

export function ownContracts(): OwnContracts {
  return { version: CONTRACTS_VERSION, digest: contractsDigest() };
}

/** What members approve: the version of the contracts and the digest of their modules. */
export function definitionVersion({ version, digest }: OwnContracts = ownContracts()): string {
  return `${version}+sha256.${digest}`;
}

/** The version of the contracts that a definition names. */
export function contractsVersionOf(definition: string): string {
  return definition.split('+')[0] ?? '';
}
