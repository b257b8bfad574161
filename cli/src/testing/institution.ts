import { CONTRACTS_VERSION, DEFAULT_RIGHTS, DEFAULT_RULES, networkIdOf, type GenesisPayload } from '@collabnet/contracts';
import { formatDid } from '@collabnet/did';
import { canonicalJson, newPayload, signTransaction, type JsonObject } from '@collabnet/envelope';
import { LedgerNode, SqliteState, type SignedGenesis } from '@collabnet/ledger';
import { generateSm2KeyPair, sm2Sign } from '@collabnet/sm';

/** An institution, bank-a, alone in a network with a real ledger; its one person has the public key given. */
export class TestInstitution {
  readonly node: LedgerNode;
  readonly networkId: string;
  readonly did: string;
  readonly #signKey: string;

  private constructor(node: LedgerNode, signKey: string) {
    this.node = node;
    this.networkId = node.networkId;
    this.did = formatDid(node.networkId, 'bank-a');
    this.#signKey = signKey;
  }

  static async found(personKey: string): Promise<TestInstitution> {
    const [block, sign, agree] = [generateSm2KeyPair(), generateSm2KeyPair(), generateSm2KeyPair()];
    const payload: GenesisPayload = {
      schema: 'collabnet.dev/genesis/v1',
      displayName: 'Test network',
      createdAt: Date.now() - 1000,
      founder: {
        subjectCode: 'bank-a',
        displayName: 'Bank A',
        signKey: sign.publicKey,
        agreeKey: agree.publicKey,
        roles: ['Operator', 'ComputeParty', 'DataProvider', 'AlgorithmProvider', 'DataUser'],
        persons: [{ subjectCode: 'bank-a.lin', displayName: 'Lin Wei', signKey: personKey, roles: ['DataManager'] }],
      },
      ledger: { driver: 'embedded', blockSigningKey: block.publicKey },
      rights: DEFAULT_RIGHTS,
      contractsVersion: CONTRACTS_VERSION,
      rules: DEFAULT_RULES,
      salt: '0'.repeat(32),
    };
    const genesis: SignedGenesis = { payload, signature: sm2Sign(canonicalJson(payload), sign.privateKey) };
    networkIdOf(payload);
    const node = await LedgerNode.open({ state: new SqliteState(':memory:'), genesis, sign: (message) => Promise.resolve(sm2Sign(message, block.privateKey)) });
    return new TestInstitution(node, sign.privateKey);
  }

  /** Signs as the institution and submits. */
  async send(contract: string, method: string, content: object): Promise<JsonObject> {
    const payload = newPayload({
      network: this.networkId,
      kind: 'Command',
      contract,
      method,
      principal: { type: 'institution', scheme: 'DID', id: this.did },
      keyId: `${this.did}#key-1`,
      public: content as JsonObject,
    });
    const tx = await signTransaction(payload, (message) => sm2Sign(message, this.#signKey));
    return (await this.node.submit(tx)).result as JsonObject;
  }

  /** The chain as the ledger's export serves it. */
  chain(): string {
    return this.node.blocks(0, 1000).map((one) => `${JSON.stringify(one)}\n`).join('');
  }
}
