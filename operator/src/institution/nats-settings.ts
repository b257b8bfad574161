import type { NetworkLeaf, ServerSettings } from '@collabnet/messaging';

/** Where the chart mounts the Secret `nats-config` or `nats-hub-config` in a server's pod. */
export const NATS_MOUNT = '/etc/nats';

/** Settings of an institution's own server: clients inside the namespace, leaf connections out. */
export function localServerSettings(namespace: string, leafRemotes: ServerSettings['leafRemotes']): ServerSettings {
  return {
    serverName: `${namespace}-nats`,
    resolverDir: '/data/jwt',
    listen: { port: 4222 },
    monitorPort: 8222,
    ...(leafRemotes && leafRemotes.length > 0 ? { leafRemotes } : {}),
  };
}

/** Settings of the hub: leaf connections and direct clients, both under the hub's certificate. */
export function hubServerSettings(namespace: string): ServerSettings {
  const tls = { certFile: `${NATS_MOUNT}/tls.crt`, keyFile: `${NATS_MOUNT}/tls.key` };
  return {
    serverName: `${namespace}-hub`,
    resolverDir: '/data/jwt',
    listen: { port: 4222, tls },
    monitorPort: 8222,
    leafListen: { port: 7422, tls },
  };
}

/** File names inside the mounted Secret for the credentials of one network. */
export function leafFiles(net: string): { control: string; data: string; ca: string } {
  return { control: `${net}-control.creds`, data: `${net}-data.creds`, ca: `${net}-hub-ca.crt` };
}

/** The leaf of one network as the server configuration wants it. */
export function networkLeaf(net: string, hubUrl: string): NetworkLeaf {
  const files = leafFiles(net);
  return {
    net,
    url: hubUrl,
    controlCredentialsFile: `${NATS_MOUNT}/${files.control}`,
    dataCredentialsFile: `${NATS_MOUNT}/${files.data}`,
    tls: { caFile: `${NATS_MOUNT}/${files.ca}` },
  };
}
