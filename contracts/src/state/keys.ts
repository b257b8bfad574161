/** Every key of the world state. One record per thing that changes on its own, so that writers rarely meet. */
export const keys = {
  /** Its `rules` are the version of the contracts in force; every transaction reads it. */
  network: 'network',
  upgrade: (version: string): string => `upgrade/${version}`,
  rights: 'governance/rights',
  rules: 'governance/rules',
  transaction: (digest: string): string => `tx/${digest}`,
  did: (did: string): string => `did/${did}`,
  recoverySet: (did: string): string => `recovery-set/${did}`,
  recoveryRequest: (did: string, id: string): string => `recovery-request/${did}/${id}`,
  member: (did: string): string => `member/${did}`,
  invitation: (id: string): string => `invitation/${id}`,
  join: (id: string): string => `join/${id}`,
  membershipChange: (did: string, id: string): string => `membership-change/${did}/${id}`,
  credential: (did: string): string => `credential/${did}`,
  channelUpdate: (id: string): string => `channel-update/${id}`,
  /** Newest first. */
  channelUpdateByAge: (height: number, id: string): string =>
    `channel-update-by-age/${String(Number.MAX_SAFE_INTEGER - height).padStart(16, '0')}/${id}`,
  channelSignature: (id: string, did: string): string => `channel-signature/${id}/${did}`,
  asset: (assetId: string): string => `asset/${assetId}`,
  assetVersion: (assetId: string, version: number): string => `asset-version/${assetId}/${padded(version)}`,
  assetByOwner: (owner: string, assetId: string): string => `asset-by-owner/${owner}/${assetId}`,
  algorithm: (name: string, version: string): string => `algorithm/${name}/${version}`,
  grant: (id: string): string => `grant/${id}`,
  grantUsage: (id: string): string => `grant-usage/${id}`,
  grantUse: (id: string, flowId: string): string => `grant-use/${id}/${flowId}`,
  /** Only while the flow is not at its end, so that a revocation finds what it must end. */
  grantOpen: (id: string, flowId: string): string => `grant-open/${id}/${flowId}`,
  grantByAsset: (assetId: string, grantee: string, id: string): string => `grant-by-asset/${assetId}/${grantee}/${id}`,
  /** Without those for a single flow. */
  grantStanding: (assetId: string, grantee: string, id: string): string => `grant-standing/${assetId}/${grantee}/${id}`,
  grantForFlow: (flowId: string, id: string): string => `grant-for-flow/${flowId}/${id}`,
  grantByGrantee: (grantee: string, id: string): string => `grant-by-grantee/${grantee}/${id}`,
  flow: (flowId: string): string => `flow/${flowId}`,
  flowSealed: (flowId: string): string => `flow-sealed/${flowId}`,
  flowStep: (flowId: string, step: string): string => `flow-step/${flowId}/${step}`,
  /** Apart from its step, so that parties who reserve at the same time do not get in each other's way. */
  reservation: (flowId: string, step: string, did: string): string => `reservation/${flowId}/${step}/${did}`,
  flowByParty: (did: string, flowId: string): string => `flow-by-party/${did}/${flowId}`,
  /** Only while the flow is not at its end. */
  flowOpen: (did: string, flowId: string): string => `flow-open/${did}/${flowId}`,
  flowByAsset: (assetId: string, flowId: string): string => `flow-by-asset/${assetId}/${flowId}`,
  /** Only while the flow awaits the consent of the asset's owner. */
  flowWaiting: (assetId: string, flowId: string): string => `flow-waiting/${assetId}/${flowId}`,
  receipt: (flowId: string, step: string, party: string): string => `receipt/${flowId}/${step}/${party}`,
};

function padded(version: number): string {
  return String(version).padStart(10, '0');
}
