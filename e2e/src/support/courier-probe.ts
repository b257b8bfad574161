import { NODE_IMAGE } from '../fixture/consortium.ts';
import { breakOutOf } from './break-out-pod.ts';
import type { Address } from './probe.ts';

/** What a probe is to try. */
export interface CourierTargets {
  readonly tcp: readonly Address[];
  /** Name servers that are asked for a name. */
  readonly dns: readonly Address[];
}

/** By what was tried: `open`, `closed`, `answered`, `silent`, or the code of the error. */
export type CourierAttempts = Readonly<Record<string, string>>;

/** Everything that leads out of a courier's container, tried with what its image has: Node.js. */
const SCRIPT = `
const { connect, createServer } = require('node:net');
const { createSocket } = require('node:dgram');
const { lookup } = require('node:dns').promises;
const fs = require('node:fs');
const targets = JSON.parse(process.argv[1]);
const split = (address) => { const at = address.lastIndexOf(':'); return { host: address.slice(0, at), port: Number(address.slice(at + 1)) }; };
const dial = (address) => new Promise((resolve) => {
  const socket = connect({ ...split(address), timeout: 3000 });
  const done = (answer) => { socket.destroy(); resolve(['tcp ' + address, answer]); };
  socket.on('connect', () => done('open')).on('timeout', () => done('closed')).on('error', () => done('closed'));
});
const ask = (address) => new Promise((resolve) => {
  const { host, port } = split(address);
  const socket = createSocket('udp4');
  const done = (answer) => { try { socket.close(); } catch {} resolve(['dns ' + address, answer]); };
  socket.on('message', () => done('answered')).on('error', () => done('silent'));
  const name = 'kubernetes.default.svc.cluster.local'.split('.').map((label) => String.fromCharCode(label.length) + label).join('') + '\\0';
  const query = Buffer.concat([Buffer.from([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]), Buffer.from(name, 'latin1'), Buffer.from([0, 1, 0, 1])]);
  socket.send(query, port, host);
  setTimeout(() => done('silent'), 3000);
});
const attempt = (act) => { try { act(); return 'ok'; } catch (error) { return error.code || error.message; } };
const local = {
  'account token': attempt(() => fs.readdirSync('/var/run/secrets/kubernetes.io/serviceaccount')),
  'write to the image': attempt(() => fs.writeFileSync('/app/x', '')),
  'write to the root': attempt(() => fs.writeFileSync('/x', '')),
  'write to scratch': attempt(() => fs.writeFileSync('/work/x', '')),
  'user': String(process.getuid()),
  'capabilities': /CapEff:\\s*(\\w+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1],
  'no new privileges': /NoNewPrivs:\\s*(\\d)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1],
};
Promise.all([
  ...targets.tcp.map(dial),
  ...targets.dns.map(ask),
  lookup('kubernetes.default.svc').then(() => ['name lookup', 'answered'], () => ['name lookup', 'silent']),
]).then((all) => fs.writeFileSync('/dev/termination-log', JSON.stringify({ ...Object.fromEntries(all), ...local })));
`;

/** The pod of an attempt has no name server. */
const NO_NAME_SERVER = { dnsPolicy: 'None', dnsConfig: { nameservers: ['127.0.0.1'], options: [{ name: 'timeout', value: '1' }, { name: 'attempts', value: '1' }] } };

/** Runs the probe in a namespace and tells what it could do. */
export function breakOutOfCourier(namespace: string, targets: CourierTargets): Promise<CourierAttempts> {
  return breakOutOf(namespace, { container: 'courier', image: NODE_IMAGE, command: ['/usr/local/bin/node', '-e', SCRIPT, JSON.stringify(targets)], podSpec: NO_NAME_SERVER });
}
