import { list } from './objects.ts';

interface EndpointSlice {
  readonly endpoints: readonly { readonly addresses: readonly string[] }[];
  readonly ports: readonly { readonly port: number }[];
}

/** Address of the API server behind its Service: what a NetworkPolicy must allow, as it is judged after translation. */
export async function apiServerAddress(): Promise<{ cidr: string; port: number }> {
  const [slice] = await list<EndpointSlice>('default', 'endpointslices', 'kubernetes.io/service-name=kubernetes');
  const address = slice?.endpoints[0]?.addresses[0];
  const port = slice?.ports[0]?.port;
  if (address === undefined || port === undefined) throw new Error('the Service kubernetes has no endpoint');
  return { cidr: `${address}/${address.includes(':') ? 128 : 32}`, port };
}
