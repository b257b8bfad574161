import type { OperatorConfig } from './config.ts';

const UID = 65532;

/** Pod-level settings of Pod Security `restricted`. */
export function podSecurity(): object {
  return {
    runAsNonRoot: true,
    runAsUser: UID,
    runAsGroup: UID,
    fsGroup: UID,
    fsGroupChangePolicy: 'OnRootMismatch',
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** Container-level settings of Pod Security `restricted`, with a read-only root besides. */
export function containerSecurity(): object {
  return { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } };
}

/** `imagePullSecrets` of a pod, absent when there are none. */
export function imagePullSecrets(config: Pick<OperatorConfig, 'images'>): object {
  const { pullSecrets } = config.images;
  return pullSecrets.length === 0 ? {} : { imagePullSecrets: pullSecrets.map((name) => ({ name })) };
}
