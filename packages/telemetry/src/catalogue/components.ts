import { CHAINCODE_METRICS } from './chaincode.ts';
import { COURIER_METRICS } from './courier.ts';
import { DATA_PROXY_METRICS } from './data-proxy.ts';
import type { Component } from './definition.ts';
import { LEDGER_METRICS } from './ledger.ts';
import { OPERATOR_METRICS } from './operator.ts';
import { RESULT_STORE_METRICS } from './result-store.ts';
import { SNAPSHOT_METRICS } from './snapshots.ts';

/** Prefixes of the metrics, by component. */
export const PREFIX = {
  operator: 'collabnet_operator',
  courier: 'collabnet_courier',
  dataProxy: 'collabnet_data_proxy',
  ledger: 'collabnet_ledger',
  chaincode: 'collabnet_chaincode',
  resultStore: 'collabnet_result_store',
  snapshots: 'collabnet_fabric_snapshots',
} as const;

/** All metrics there are; `docs/metrics.md` is written from here. */
export const COMPONENTS: readonly Component[] = [
  { prefix: PREFIX.operator, title: 'Operator', served: 'port 8080 of the pods with component `operator`', metrics: OPERATOR_METRICS },
  { prefix: PREFIX.courier, title: 'Courier', served: 'port 8081 of the compute pods, while they live', metrics: COURIER_METRICS },
  { prefix: PREFIX.dataProxy, title: 'Data proxy', served: 'port 8081 of the pods with component `data-proxy`', metrics: DATA_PROXY_METRICS },
  { prefix: PREFIX.ledger, title: 'Host of the embedded ledger', served: 'port 8081 of the pods with component `embedded-ledger`', metrics: LEDGER_METRICS },
  { prefix: PREFIX.chaincode, title: 'Chaincode beside a Fabric peer', served: 'port 8081 of the service (HEALTH_PORT)', metrics: CHAINCODE_METRICS },
  { prefix: PREFIX.resultStore, title: 'Result store', served: 'port 8081 of the pods with component `result-store`', metrics: RESULT_STORE_METRICS },
  { prefix: PREFIX.snapshots, title: 'Snapshots of a Fabric peer', served: 'port 8083 of the pods with component `fabric-peer`, with spec.ledger.fabric.snapshots', metrics: SNAPSHOT_METRICS },
];

/** Every name that a scrape can show, those of a histogram's parts included. */
export function exposedNames(): ReadonlySet<string> {
  return new Set(
    COMPONENTS.flatMap(({ prefix, metrics }) =>
      Object.values(metrics).flatMap(({ type, name }) => {
        const full = `${prefix}_${name}`;
        return type === 'histogram' ? [`${full}_bucket`, `${full}_sum`, `${full}_count`] : [full];
      }),
    ),
  );
}
