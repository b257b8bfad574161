import { kubectl } from './cluster.ts';

interface Endpoints {
  items: { endpoints: { addresses: string[] }[]; ports: { port: number }[] }[];
}

/** Address of the API server behind its Service: what a NetworkPolicy must allow, as it is judged after translation. */
export async function apiServerAddress(): Promise<{ cidr: string; port: number }> {
  const { stdout } = await kubectl('default', ['get', 'endpointslices', '-l', 'kubernetes.io/service-name=kubernetes', '-o', 'json']);
  const slice = (JSON.parse(stdout) as Endpoints).items[0];
  const address = slice?.endpoints[0]?.addresses[0];
  const port = slice?.ports[0]?.port;
  if (address === undefined || port === undefined) throw new Error('the Service kubernetes has no endpoint');
  return { cidr: `${address}/${address.includes(':') ? 128 : 32}`, port };
}
