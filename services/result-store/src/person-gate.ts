/** What the ledger knows of a person's key. */
export interface PersonKey {
  /** SM2, hex; valid now. */
  readonly publicKey: string;
  /** DID of the institution the person belongs to. */
  readonly institution: string;
  readonly roles: readonly string[];
}

/** Looks persons up on the ledger of the network a result belongs to. */
export interface PersonGate {
  /**
   * @throws StoreError PERSON_UNKNOWN when the ledger has no such person or the key is not valid now, LEDGER_UNAVAILABLE
   * when it could not be asked within the bound of freshness
   */
  find(networkId: string, signer: string, keyId: string): Promise<PersonKey>;
  /** DID of this institution in the network; undefined for a network it is not in. */
  institution(networkId: string): string | undefined;
}
