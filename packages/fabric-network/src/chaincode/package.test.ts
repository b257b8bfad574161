import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { fabricBinary } from '../testing/binaries.ts';
import { inTemporaryFolder } from '../testing/configtxlator.ts';
import { writeFiles } from '../testing/fabric-process.ts';
import { servicePackage, type ServicePackage } from './package.ts';

const execute = promisify(execFile);
const sample: ServicePackage = { label: 'contracts_1.4.0', service: { host: 'chaincode.alpha.example', port: 9999 }, statements: { image: 'sha256:ab', bundle: 'cd' } };

describe('servicePackage', () => {
  it('has the id that the peer command computes', async () => {
    await inTemporaryFolder(async (folder) => {
      const built = servicePackage(sample);
      await writeFile(join(folder, 'package.tar.gz'), built.octets);
      await writeFiles(join(folder, 'config'), { 'core.yaml': '{}' });
      const { stdout } = await execute(fabricBinary('peer'), ['lifecycle', 'chaincode', 'calculatepackageid', join(folder, 'package.tar.gz')], { env: { FABRIC_CFG_PATH: join(folder, 'config') } });
      assert.equal(stdout.trim(), built.packageId);
    });
  });

  it('is an archive that tar reads, with the address and the statements in it', async () => {
    await inTemporaryFolder(async (folder) => {
      await writeFile(join(folder, 'package.tar.gz'), servicePackage(sample).octets);
      await execute('tar', ['-xzf', 'package.tar.gz'], { cwd: folder });
      await execute('tar', ['-xzf', 'code.tar.gz'], { cwd: folder });
      const read = async (name: string): Promise<unknown> => JSON.parse(await readFile(join(folder, name), 'utf8'));
      assert.deepEqual(await read('metadata.json'), { type: 'ccaas', label: 'contracts_1.4.0', statements: { bundle: 'cd', image: 'sha256:ab' } });
      assert.deepEqual(await read('connection.json'), { address: 'chaincode.alpha.example:9999', dial_timeout: '10s', tls_required: false });
    });
  });

  it('depends on nothing but its input', () => {
    const same = servicePackage({ ...sample, statements: { bundle: 'cd', image: 'sha256:ab' } });
    assert.equal(same.packageId, servicePackage(sample).packageId);
    assert.notEqual(servicePackage({ ...sample, statements: { image: 'sha256:ac' } }).packageId, same.packageId);
    assert.notEqual(servicePackage({ ...sample, service: { host: 'other.example', port: 9999 } }).packageId, same.packageId);
  });

  it('refuses what a peer would refuse', () => {
    assert.throws(() => servicePackage({ ...sample, label: 'no good' }), { code: 'VALUE_INVALID', field: 'label' });
    assert.throws(() => servicePackage({ ...sample, service: { host: '', port: 1 } }), { code: 'ENDPOINT_INVALID', field: 'service.host' });
  });
});
