import type { V1Pod } from '@kubernetes/client-node';

const USER = 65532;

/** Keeps the helper alive for at most an hour; the cluster ends it even if the command line is killed. */
const DEADLINE_SECONDS = 3600;

/**
 * A pod that mounts a claim and waits, allowed under Pod Security `restricted`: no token, no privileges, read-only root.
 *
 * @param image - an image with Node.js at /usr/local/bin/node
 */
export function helperPod(name: string, claim: string, image: string, pullSecrets: readonly string[] = []): V1Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { 'app.kubernetes.io/part-of': 'collabnet', 'app.kubernetes.io/component': 'data-put' } },
    spec: {
      restartPolicy: 'Never',
      activeDeadlineSeconds: DEADLINE_SECONDS,
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      imagePullSecrets: pullSecrets.map((secret) => ({ name: secret })),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: USER,
        runAsGroup: USER,
        fsGroup: USER,
        fsGroupChangePolicy: 'OnRootMismatch',
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: 'put',
          image,
          imagePullPolicy: 'IfNotPresent',
          command: ['/usr/local/bin/node', '-e', 'setInterval(() => {}, 1 << 30)'],
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
          resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } },
          securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
        },
      ],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: claim } }],
    },
  };
}

/**
 * Runs in the helper: reads so many bytes from standard input (exec cannot signal its end), writes them beside the
 * target, and renames only when they are all there. Prints the SHA-256.
 */
export const RECEIVE_SCRIPT = `
const fs = require('node:fs'), path = require('node:path'), crypto = require('node:crypto');
const [, target, size] = process.argv, total = Number(size), hash = crypto.createHash('sha256');
fs.mkdirSync(path.dirname(target), { recursive: true });
const part = target + '.part', file = fs.openSync(part, 'w', 0o640);
let seen = 0;
const finish = () => {
  fs.fsyncSync(file); fs.closeSync(file); fs.renameSync(part, target);
  process.stdout.write(hash.digest('hex') + '\\n', () => process.exit(0));
};
if (total === 0) finish();
process.stdin.on('data', (chunk) => {
  fs.writeSync(file, chunk); hash.update(chunk); seen += chunk.length;
  if (seen === total) finish();
  else if (seen > total) { process.stderr.write('more bytes than announced\\n'); process.exit(1); }
});
process.stdin.on('end', () => { if (seen < total) process.exit(1); });
`;
