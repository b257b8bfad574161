import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { KubeError } from './kube-error.ts';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: {
    readonly ca?: string | Buffer | undefined;
    readonly cert?: string | Buffer | undefined;
    readonly key?: string | Buffer | undefined;
    readonly servername?: string | undefined;
    readonly rejectUnauthorized?: boolean | undefined;
  };
}

/** Where the API server is and how to prove who we are. */
export interface KubeConnection {
  /** Base URL without a trailing slash. */
  readonly server: string;
  /** Namespace of the pod or of the kubeconfig's context; `default` when neither says one. */
  readonly namespace: string;
  /** Reads tokens and certificates anew: they rotate. */
  credentials(): Promise<Credentials>;
}

export interface ConnectionOptions {
  /** Path of a kubeconfig; otherwise `KUBECONFIG`, then the pod's service account, then `~/.kube/config`. */
  readonly kubeconfig?: string | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/**
 * Finds the cluster to talk to.
 *
 * @throws KubeError `KUBE_CONFIG` when nothing usable is configured
 */
export async function loadConnection(options: ConnectionOptions = {}): Promise<KubeConnection> {
  const env = options.env ?? process.env;
  const file = options.kubeconfig ?? env['KUBECONFIG'];
  if (!file && env['KUBERNETES_SERVICE_HOST'])
    return inCluster(env, env['COLLABNET_SERVICE_ACCOUNT_DIR'] ?? SERVICE_ACCOUNT);
  return fromKubeconfig(file);
}

async function inCluster(env: NodeJS.ProcessEnv, directory: string): Promise<KubeConnection> {
  const host = env['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = env['KUBERNETES_SERVICE_PORT'] ?? '443';
  try {
    const namespace = (await readFile(`${directory}/namespace`, 'utf8')).trim();
    return {
      server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
      namespace,
      credentials: async () => {
        const [ca, token] = await Promise.all([
          readFile(`${directory}/ca.crt`, 'utf8'),
          readFile(`${directory}/token`, 'utf8'),
        ]);
        return { headers: { authorization: `Bearer ${token.trim()}` }, tls: { ca } };
      },
    };
  } catch (error) {
    throw new KubeError(
      'KUBE_CONFIG',
      `cannot read the service account in ${directory}; set KUBECONFIG or mount a token`,
      { cause: error },
    );
  }
}

async function fromKubeconfig(file: string | undefined): Promise<KubeConnection> {
  // Loaded only here: the library's generated models cost about 70 MB, and a pod does not need them.
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  try {
    if (file !== undefined && !file.includes(':')) config.loadFromFile(file);
    else config.loadFromDefault();
  } catch (error) {
    throw new KubeError('KUBE_CONFIG', `cannot read kubeconfig ${file ?? '(default)'}`, { cause: error });
  }
  const cluster = config.getCurrentCluster();
  if (!cluster)
    throw new KubeError('KUBE_CONFIG', 'kubeconfig has no current-context; set it with kubectl config use-context');
  return {
    server: cluster.server.replace(/\/+$/, ''),
    namespace: config.getContextObject(config.getCurrentContext())?.namespace ?? 'default',
    credentials: async () => {
      const options: RequestOptions = {};
      await config.applyToHTTPSOptions(options);
      const headers: Record<string, string> = {};
      for (const [name, value] of Object.entries((options.headers ?? {}) as Record<string, unknown>))
        headers[name.toLowerCase()] = String(value);
      if (typeof options.auth === 'string')
        headers['authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
      return {
        headers,
        tls: {
          ca: options.ca as Buffer | undefined,
          cert: options.cert as Buffer | undefined,
          key: options.key as Buffer | undefined,
          servername: options.servername,
          rejectUnauthorized: options.rejectUnauthorized,
        },
      };
    },
  };
}
