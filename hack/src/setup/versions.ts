/** Versions of everything that is built from source; the `go.mod` of the same set names the same one. */
export const versions = {
  kubernetes: '1.34.4',
  etcd: '3.6.16',
  cniPlugins: '1.9.1',
  coredns: '1.12.4',
  natsServer: '2.15.2',
  helm: '4.3.1',
  certManager: '1.21.2',
  fabric: '2.5.9',
} as const;
