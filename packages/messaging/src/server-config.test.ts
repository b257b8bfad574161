import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createNkey } from './nkey.ts';
import { serverConfig, type ServerConfigInput } from './server-config.ts';

const key = createNkey('account').publicKey;
const base: ServerConfigInput = {
  serverName: 'nats-0',
  operatorJwt: 'e30.e30.x',
  systemAccountPublicKey: key,
  resolverPreload: { [key]: 'e30.e30.y' },
  resolverDir: '/data/jwt',
  listen: { port: 4222 },
};

describe('serverConfig', () => {
  it('writes limits, monitoring, TLS and leaf remotes', () => {
    const text = serverConfig({
      ...base,
      monitorPort: 8222,
      listen: {
        port: 4222,
        tls: { certFile: '/tls/crt', keyFile: '/tls/key', caFile: '/tls/ca', verifyClients: true },
      },
      leafRemotes: [
        { url: 'tls://hub:7422', credentialsFile: '/c', localAccountPublicKey: key, tls: { caFile: '/hub/ca' } },
      ],
      limits: { maxPayload: 2048 },
    });
    for (const line of [
      'max_payload: 2048',
      'max_pending: 67108864',
      'http: "0.0.0.0:8222"',
      '  verify: true',
      '      urls: [',
      '        ca_file: "/hub/ca"',
      'allow_delete: false',
    ]) {
      assert.ok(text.includes(line), `${line} is missing in\n${text}`);
    }
  });

  it('refuses texts that could break out of their quotes, and TLS that cannot work', () => {
    for (const serverName of ['a"b', 'a\\b', 'a\nb', 'ä'])
      assert.throws(() => serverConfig({ ...base, serverName }), { code: 'INVALID_CONFIG' });
    assert.throws(
      () => serverConfig({ ...base, listen: { port: 1, tls: { certFile: 'a', keyFile: 'b', verifyClients: true } } }),
      { code: 'INVALID_CONFIG' },
    );
    assert.throws(() => serverConfig({ ...base, resolverPreload: { nonsense: 'x' } }), { code: 'INVALID_NKEY' });
  });
});
