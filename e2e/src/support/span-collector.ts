import { apply, kubectl } from '@collabnet/hack';
import { spansOf, type ReceivedSpan } from '@collabnet/telemetry/testing';
import { NODE_IMAGE } from '../fixture/consortium.ts';
import { cluster } from './objects.ts';

const NAMESPACE = 'collabnet-tracing';
const NAME = 'collector';
const PORT = 4318;

/** Prints the body of each export as a line. */
const SCRIPT = `
require('node:http').createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
    if (request.url === '/v1/traces') console.log(Buffer.concat(chunks).toString('utf8'));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
}).listen(${PORT});
`;

const labels = { app: NAME };
const NAMESPACE_OBJECT = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } };
const OBJECTS = [
  { apiVersion: 'v1', kind: 'Service', metadata: { name: NAME }, spec: { selector: labels, ports: [{ port: PORT }] } },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: NAME, labels },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: NAME,
          image: NODE_IMAGE,
          imagePullPolicy: 'IfNotPresent',
          command: ['/usr/local/bin/node', '-e', SCRIPT],
          readinessProbe: { tcpSocket: { port: PORT }, periodSeconds: 1 },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true },
        },
      ],
    },
  },
];

/** A receiver of spans in a namespace of its own, where a company's OpenTelemetry Collector would be. */
export const spanCollector = {
  /** Values of the chart that send spans to it. */
  values: [`telemetry.otlp.endpoint=http://${NAME}.${NAMESPACE}.svc:${PORT}`, `telemetry.otlp.namespace=${NAMESPACE}`],

  async start(): Promise<void> {
    await apply('default', [NAMESPACE_OBJECT]);
    await apply(NAMESPACE, OBJECTS);
    await kubectl(NAMESPACE, ['wait', 'pod', NAME, '--for=condition=Ready', '--timeout=60s']);
  },

  /** What has come until now, as it came. */
  async bodies(): Promise<string[]> {
    const { stdout } = await kubectl(NAMESPACE, ['logs', NAME]);
    return stdout.split('\n').filter((line) => line !== '');
  },

  async spans(): Promise<ReceivedSpan[]> {
    return (await this.bodies()).flatMap(spansOf);
  },

  async remove(): Promise<void> {
    await cluster(['delete', 'namespace', NAMESPACE, '--ignore-not-found', '--timeout=60s']);
  },
};
