import { FabricNetworkError } from './errors.ts';

/** Where a node is reached. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Fabric's rule for names of configuration groups, which the names of organisations become. */
const MSP_ID = /^[a-zA-Z0-9][a-zA-Z0-9.-]{0,127}$/;
const CHANNEL = /^[a-z][a-z0-9.-]{0,248}$/;
const HOST = /^[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?$/;

/** @throws FabricNetworkError MSP_ID_INVALID */
export function checkMspId(mspId: string, field = 'mspId'): string {
  // The two dots that Fabric refuses as a group's whole name cannot occur: a name starts with a letter or digit.
  if (!MSP_ID.test(mspId)) {
    throw new FabricNetworkError('MSP_ID_INVALID', `${field}: ${JSON.stringify(mspId)} is no MSP id: give 1 to 128 letters, digits, dots or hyphens, a letter or digit first.`, { field });
  }
  return mspId;
}

/** @throws FabricNetworkError CHANNEL_NAME_INVALID */
export function checkChannelName(channel: string, field = 'channel'): string {
  if (!CHANNEL.test(channel)) {
    throw new FabricNetworkError('CHANNEL_NAME_INVALID', `${field}: ${JSON.stringify(channel)} is no channel name: give 1 to 249 lower-case letters, digits, dots or hyphens, a letter first.`, { field });
  }
  return channel;
}

/** @throws FabricNetworkError ENDPOINT_INVALID */
export function checkEndpoint({ host, port }: Endpoint, field = 'endpoint'): Endpoint {
  if (!HOST.test(host)) throw new FabricNetworkError('ENDPOINT_INVALID', `${field}.host: ${JSON.stringify(host)} is neither a DNS name nor an IPv4 address.`, { field: `${field}.host` });
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new FabricNetworkError('ENDPOINT_INVALID', `${field}.port: ${port} is no port: give 1 to 65535.`, { field: `${field}.port` });
  }
  return { host, port };
}

/** `host:port`. */
export function formatEndpoint({ host, port }: Endpoint): string {
  return `${host}:${port}`;
}

/** Reads `host:port`. @throws FabricNetworkError ENDPOINT_INVALID */
export function parseEndpoint(text: string, field = 'endpoint'): Endpoint {
  const colon = text.lastIndexOf(':');
  return checkEndpoint({ host: text.slice(0, Math.max(colon, 0)), port: colon < 0 ? 0 : Number(text.slice(colon + 1)) }, field);
}
