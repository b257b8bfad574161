import { lookup as resolve, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import type { Endpoint } from '@collabnet/fabric-network/node';

/** Networks in which no node of another institution is: loopback, this host, link-local, groups, broadcast. */
const NO_NODES: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 4],
  ['255.255.255.255', 32],
  ['::', 128],
  ['::1', 128],
  ['fe80::', 10],
  ['ff00::', 8],
];
/** Metadata services of clouds outside the link-local network: Alibaba, Oracle, Amazon. */
const METADATA: readonly string[] = ['100.100.100.200', '192.0.0.192', 'fd00:ec2::254'];

/**
 * Which addresses of other institutions the operator connects to. They come from a candidate, who must not be able to send it
 * to whatever else it can reach.
 */
export interface MemberAddresses {
  /** What speaks against an endpoint as it is written. */
  problemOf(node: Endpoint): string | undefined;
  /** Resolves a name, and fails where one of its addresses may not be connected to; what is connected to is what was looked at. */
  readonly lookup: LookupFunction;
}

export interface AddressRule {
  /** Ports of peers, as NetworkPolicies let them through. */
  readonly ports: readonly number[];
  /** Further addresses that are no node, such as those of the API server. */
  readonly denied?: readonly string[];
}

export function memberAddresses({ ports, denied = [] }: AddressRule): MemberAddresses {
  const list = new BlockList();
  for (const [network, prefix] of NO_NODES) list.addSubnet(network, prefix, family(network));
  for (const address of [...METADATA, ...denied]) if (isIP(address) !== 0) list.addAddress(address, family(address));
  const isDenied = (address: string): boolean => list.check(address, family(address));
  return {
    problemOf({ host, port }) {
      if (!ports.includes(port)) return `port ${port} is not one of networkPolicy.fabric.ports in the Helm values (${ports.join(', ')})`;
      return isIP(host) !== 0 && isDenied(host) ? notANode(host) : undefined;
    },
    lookup: (host, options, callback) => {
      resolve(host, { ...options, all: true }, (error, found: LookupAddress[]) => {
        const refused = error === null ? found.find(({ address }) => isDenied(address)) : undefined;
        const [first] = found ?? [];
        if (error !== null) callback(error, '');
        else if (refused !== undefined || first === undefined) callback(new Error(refused === undefined ? 'no address' : notANode(refused.address)), '');
        else if (options.all === true) callback(null, found);
        else callback(null, first.address, first.family);
      });
    },
  };
}

/** The addresses of the API server, as far as they are known one by one. */
export function apiServerAddresses(cidrs: readonly string[], serviceHost: string | undefined): string[] {
  const single = cidrs.flatMap((cidr) => /^(.+)\/(?:32|128)$/.exec(cidr)?.[1] ?? []);
  return [...single, ...(serviceHost === undefined ? [] : [serviceHost])];
}

function notANode(address: string): string {
  return `${address} is no address of a peer: loopback, link-local, metadata and the API server are not connected to`;
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
