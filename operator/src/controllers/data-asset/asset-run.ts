import type { Approval, DataAsset } from '@collabnet/crds';
import type { Informer, KubeObject, ReconcileContext, StepResult } from '../../runtime/index.ts';
import type { OperatorConfig } from '../../institution/config.ts';
import type { InstitutionAuthority } from '../../institution/institution-authority.ts';
import type { LocalNats } from '../../institution/local-nats.ts';
import type { NetworkSession } from '../../institution/network-session.ts';
import type { SecretStore } from '../../institution/secret-store.ts';
import type { SessionRegistry } from '../../institution/session-registry.ts';
import type { AssetProfile, ProxyClient } from './proxy-client.ts';
import type { ProxyKeeper } from './proxy-keeper.ts';

/** What the DataAsset controller is given. */
export interface DataAssetServices {
  config: OperatorConfig;
  namespace: string;
  secrets: SecretStore;
  authority: InstitutionAuthority;
  nats: LocalNats;
  sessions: SessionRegistry;
}

/** The part of a Deployment that tells whether it serves. */
export interface ProxyDeployment extends KubeObject {
  spec?: { replicas?: number };
  status?: { observedGeneration?: number; updatedReplicas?: number; readyReplicas?: number; replicas?: number };
}

export interface DataAssetInformers {
  assets: Informer<DataAsset>;
  approvals: Informer<Approval>;
  /** Deployments of data proxies only; see `proxyDeployments`. */
  deployments: Informer<ProxyDeployment>;
}

/** What the steps share beside what the controller is given. */
export interface AssetTools extends DataAssetServices {
  informers: DataAssetInformers;
  proxies: ProxyKeeper;
  client: ProxyClient;
  /** By key of the asset: what the proxy last said, and about which state of things. */
  profiles: Map<string, KnownProfile>;
}

export interface KnownProfile {
  /** Names specification, configuration of the proxy and request of the user. */
  readonly subject: string;
  /** Monotonic ms. */
  readonly at: number;
  readonly profile: AssetProfile;
}

/** One reconcile of one asset: what earlier steps found out, for the later ones. */
export interface AssetRun {
  readonly ctx: ReconcileContext<DataAsset>;
  readonly asset: DataAsset;
  readonly tools: AssetTools;
  session?: NetworkSession;
  assetId?: string;
  /** Revision of the configuration that the proxy must answer under. */
  revision?: string;
  profile?: AssetProfile;
}

export type AssetStep = (run: AssetRun) => Promise<StepResult>;
