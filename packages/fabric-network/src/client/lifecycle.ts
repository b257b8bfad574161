import { Client } from '@grpc/grpc-js';
import { CommitError, connect, hash, type Contract, type Gateway } from '@hyperledger/fabric-gateway';
import { common, peer } from '@hyperledger/fabric-protos';
import { FabricNetworkError } from '../errors.ts';
import type { FabricSigner } from '../identity/signer.ts';
import { formatEndpoint } from '../names.ts';
import { channelCredentials, channelOptions, DEFAULT_TIMEOUT_MS, nodeError, type NodeAddress } from './grpc.ts';

const EVALUATE_MS = 10_000;
const within = (ms: number) => (): { deadline: number } => ({ deadline: Date.now() + ms });

/** What members agree on before a version of a chaincode counts. */
export interface ChaincodeDefinition {
  readonly name: string;
  /** Free text; carries the digests that members compare. */
  readonly version: string;
  /** 1, then one more with each change. */
  readonly sequence: number;
  /** Who must endorse; the channel's `Endorsement` policy (a majority) when absent. */
  readonly endorsement?: common.SignaturePolicyEnvelope;
}

/** A definition that is in force, and who approved it. */
export interface CommittedDefinition {
  readonly version: string;
  readonly sequence: number;
  readonly approvals: Readonly<Record<string, boolean>>;
}

/** What the own institution has approved for a sequence. */
export interface ApprovedDefinition {
  readonly version: string;
  /** Undefined where it only agreed and does not run it. */
  readonly packageId: string | undefined;
}

/** How a peer says that there is no approval; it has no code for it. */
const NOT_APPROVED = 'could not fetch approved chaincode definition';

/** The agreement about chaincode on one channel, through the gateway of one peer. */
export class ChaincodeLifecycle {
  readonly #node: NodeAddress;
  readonly #client: Client;
  readonly #gateway: Gateway;
  readonly #contract: Contract;
  readonly #mspId: string;

  /** @param admin an administrator of the peer's own institution */
  constructor(node: NodeAddress, channel: string, admin: FabricSigner) {
    this.#node = node;
    this.#mspId = admin.mspId;
    this.#client = new Client(formatEndpoint(node), channelCredentials(node), channelOptions(node));
    this.#gateway = connect({
      client: this.#client,
      identity: { mspId: admin.mspId, credentials: Buffer.from(admin.certificatePem) },
      // The signer hashes by itself.
      hash: hash.none,
      signer: (message) => admin.sign(message),
      // A peer that has just gone answers nothing, not even that it is gone.
      evaluateOptions: within(EVALUATE_MS),
      endorseOptions: within(DEFAULT_TIMEOUT_MS),
      submitOptions: within(DEFAULT_TIMEOUT_MS),
      commitStatusOptions: within(2 * DEFAULT_TIMEOUT_MS),
    });
    this.#contract = this.#gateway.getNetwork(channel).getContract('_lifecycle');
  }

  /**
   * Approves a definition for the own institution.
   *
   * @param packageId the package on this institution's peers; absent for one that only agrees and does not run it
   * @throws FabricNetworkError REFUSED, UNAVAILABLE
   */
  async approve(definition: ChaincodeDefinition, packageId?: string): Promise<void> {
    const args = new peer.lifecycle.ApproveChaincodeDefinitionForMyOrgArgs();
    fill(args, definition);
    const source = new peer.lifecycle.ChaincodeSource();
    if (packageId === undefined) {
      source.setUnavailable(new peer.lifecycle.ChaincodeSource.Unavailable());
    } else {
      const local = new peer.lifecycle.ChaincodeSource.Local();
      local.setPackageId(packageId);
      source.setLocalPackage(local);
    }
    args.setSource(source);
    // Approvals are private to an institution: its own peer endorses, no other could.
    await this.#submit('ApproveChaincodeDefinitionForMyOrg', args.serializeBinary(), [this.#mspId]);
  }

  /** Puts a definition into force that enough members approved. @throws FabricNetworkError REFUSED, UNAVAILABLE */
  async commit(definition: ChaincodeDefinition): Promise<void> {
    const args = new peer.lifecycle.CommitChaincodeDefinitionArgs();
    fill(args, definition);
    await this.#submit('CommitChaincodeDefinition', args.serializeBinary());
  }

  /** What the own institution has approved for a sequence; undefined when nothing. @throws FabricNetworkError REFUSED, UNAVAILABLE */
  async approved(name: string, sequence: number): Promise<ApprovedDefinition | undefined> {
    const args = new peer.lifecycle.QueryApprovedChaincodeDefinitionArgs();
    args.setName(name);
    args.setSequence(sequence);
    try {
      const result = peer.lifecycle.QueryApprovedChaincodeDefinitionResult.deserializeBinary(await this.#evaluate('QueryApprovedChaincodeDefinition', args.serializeBinary()));
      return { version: result.getVersion(), packageId: result.getSource()?.getLocalPackage()?.getPackageId() };
    } catch (error) {
      if (error instanceof FabricNetworkError && error.message.includes(NOT_APPROVED)) return undefined;
      throw error;
    }
  }

  /** Which members approved exactly this definition. @throws FabricNetworkError REFUSED, UNAVAILABLE */
  async approvals(definition: ChaincodeDefinition): Promise<Record<string, boolean>> {
    const args = new peer.lifecycle.CheckCommitReadinessArgs();
    fill(args, definition);
    const result = peer.lifecycle.CheckCommitReadinessResult.deserializeBinary(await this.#evaluate('CheckCommitReadiness', args.serializeBinary()));
    return Object.fromEntries(result.getApprovalsMap().toArray());
  }

  /** The definition in force; undefined when there is none of this name. @throws FabricNetworkError REFUSED, UNAVAILABLE */
  async committed(name: string): Promise<CommittedDefinition | undefined> {
    const args = new peer.lifecycle.QueryChaincodeDefinitionsArgs();
    const list = peer.lifecycle.QueryChaincodeDefinitionsResult.deserializeBinary(await this.#evaluate('QueryChaincodeDefinitions', args.serializeBinary()));
    if (!list.getChaincodeDefinitionsList().some((each) => each.getName() === name)) return undefined;
    const one = new peer.lifecycle.QueryChaincodeDefinitionArgs();
    one.setName(name);
    const result = peer.lifecycle.QueryChaincodeDefinitionResult.deserializeBinary(await this.#evaluate('QueryChaincodeDefinition', one.serializeBinary()));
    return { version: result.getVersion(), sequence: result.getSequence(), approvals: Object.fromEntries(result.getApprovalsMap().toArray()) };
  }

  close(): void {
    this.#gateway.close();
    this.#client.close();
  }

  async #submit(method: string, argument: Uint8Array, endorsingOrganizations?: string[]): Promise<void> {
    try {
      await this.#contract.submit(method, { arguments: [argument], ...(endorsingOrganizations === undefined ? {} : { endorsingOrganizations }) });
    } catch (cause) {
      throw this.#error(method, cause);
    }
  }

  async #evaluate(method: string, argument: Uint8Array): Promise<Uint8Array> {
    try {
      return await this.#contract.evaluate(method, { arguments: [argument], endorsingOrganizations: [this.#mspId] });
    } catch (cause) {
      throw this.#error(method, cause);
    }
  }

  #error(method: string, cause: unknown): FabricNetworkError {
    if (cause instanceof CommitError) return new FabricNetworkError('REFUSED', `_lifecycle ${method}: not valid in the block (code ${cause.code})`, { cause });
    const { details } = cause as { details?: { message?: string }[] };
    // The gateway puts what each peer said beside the message.
    const reasons = Array.isArray(details) ? details.map(({ message }) => message).join('; ') : '';
    const error = nodeError(this.#node, `_lifecycle ${method}`, cause);
    return reasons === '' ? error : new FabricNetworkError(error.code, `${error.message}: ${reasons}`, { cause });
  }
}

interface DefinitionMessage {
  setName(value: string): void;
  setVersion(value: string): void;
  setSequence(value: number): void;
  setValidationParameter(value: Uint8Array): void;
}

function fill(message: DefinitionMessage, { name, version, sequence, endorsement }: ChaincodeDefinition): void {
  message.setName(name);
  message.setVersion(version);
  message.setSequence(sequence);
  const policy = new common.ApplicationPolicy();
  if (endorsement === undefined) policy.setChannelConfigPolicyReference('/Channel/Application/Endorsement');
  else policy.setSignaturePolicy(endorsement);
  message.setValidationParameter(policy.serializeBinary());
}
