import type { orderer } from '@hyperledger/fabric-protos';
import { FabricNetworkError } from '../errors.ts';
import { formatEndpoint, type Endpoint } from '../names.ts';
import { sectionOf, valueOf } from './channel-config.ts';
import type { ConfigChange } from './changes.ts';
import { consensusType, consenterMessage, readConsensus, type Consenter } from './consensus.ts';
import { setValue, VALUE } from './groups.ts';

/**
 * Adds an orderer to consensus. One in each update: Fabric refuses more, because Raft changes its members one by one.
 *
 * @throws FabricNetworkError DUPLICATE_CONSENTER, ENDPOINT_INVALID, CERTIFICATE_INVALID
 */
export function addConsenter(consenter: Consenter): ConfigChange {
  return change((list) => {
    if (position(list, consenter) >= 0) throw new FabricNetworkError('DUPLICATE_CONSENTER', `consenter: ${formatEndpoint(consenter)} takes part already.`, { field: 'consenter' });
    return [...list, consenterMessage(consenter)];
  });
}

/** Takes an orderer out of consensus. @throws FabricNetworkError UNKNOWN_CONSENTER, LAST_CONSENTER */
export function removeConsenter(endpoint: Endpoint): ConfigChange {
  return change((list) => {
    known(list, endpoint);
    if (list.length === 1) throw new FabricNetworkError('LAST_CONSENTER', `consenter: ${formatEndpoint(endpoint)} is the last one; nothing would be ordered any more.`, { field: 'consenter' });
    return list.filter((each) => !isAt(each, endpoint));
  });
}

/**
 * New TLS certificates (with a new key), or a new address, for an orderer that keeps its place in consensus. Renewal
 * with the same key and address needs no update. A leader hands over before it orders such an update about itself, so the
 * only orderer would take it and never carry it out.
 *
 * @param endpoint where it is up to now
 * @throws FabricNetworkError UNKNOWN_CONSENTER, DUPLICATE_CONSENTER, LAST_CONSENTER
 */
export function replaceConsenter(endpoint: Endpoint, consenter: Consenter): ConfigChange {
  return change((list) => {
    const index = known(list, endpoint);
    const other = position(list, consenter);
    if (other >= 0 && other !== index) throw new FabricNetworkError('DUPLICATE_CONSENTER', `consenter: ${formatEndpoint(consenter)} is another orderer.`, { field: 'consenter' });
    const message = consenterMessage(consenter);
    if (list.length === 1 && list[0]?.getClientTlsCert_asB64() !== message.getClientTlsCert_asB64()) {
      throw new FabricNetworkError('LAST_CONSENTER', `consenter: ${formatEndpoint(endpoint)} is the only one, and Fabric cannot change its certificate: add another first.`, { field: 'consenter' });
    }
    return list.with(index, message);
  });
}

function change(edit: (list: orderer.etcdraft.Consenter[]) => orderer.etcdraft.Consenter[]): ConfigChange {
  return (config) => {
    const section = sectionOf(config, 'orderer');
    const metadata = readConsensus(valueOf(section, VALUE.consensusType));
    metadata.setConsentersList(edit(metadata.getConsentersList()));
    setValue(section, VALUE.consensusType, consensusType(metadata));
  };
}

function isAt(consenter: orderer.etcdraft.Consenter, { host, port }: Endpoint): boolean {
  return consenter.getHost() === host && consenter.getPort() === port;
}

function position(list: readonly orderer.etcdraft.Consenter[], endpoint: Endpoint): number {
  return list.findIndex((each) => isAt(each, endpoint));
}

function known(list: readonly orderer.etcdraft.Consenter[], endpoint: Endpoint): number {
  const index = position(list, endpoint);
  if (index < 0) {
    const there = list.map((each) => formatEndpoint({ host: each.getHost(), port: each.getPort() })).join(', ');
    throw new FabricNetworkError('UNKNOWN_CONSENTER', `consenter: ${formatEndpoint(endpoint)} takes no part; there are ${there}.`, { field: 'consenter' });
  }
  return index;
}
