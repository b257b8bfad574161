import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chaincodeAddress, chaincodeDeployment, chaincodeName, chaincodeSelector, chaincodeService } from './chaincode-workload.ts';
import { testChaincode } from './testing.ts';

interface Deployment {
  metadata: { name: string };
  spec: { selector: { matchLabels: Record<string, string> }; template: { metadata: { labels: Record<string, string> }; spec: { containers: { env: { name: string; value: string }[] }[] } } };
}

describe('the chaincode of an institution', () => {
  it('runs in two versions side by side, each with an address of its own', () => {
    const [old, next] = [testChaincode(), testChaincode({ version: '1.5.0-rc.1', packageId: 'contracts_1.5.0:00' })];
    assert.equal(chaincodeName(old), 'fabric-demo-chaincode-1-4-0');
    assert.equal(chaincodeName(next), 'fabric-demo-chaincode-1-5-0-rc-1');
    assert.deepEqual(chaincodeAddress(next, 'bank'), { host: 'fabric-demo-chaincode-1-5-0-rc-1.bank.svc', port: 7052 });
    const selectorOf = (plan: typeof old): object => (chaincodeDeployment(plan) as unknown as Deployment).spec.selector.matchLabels;
    assert.notDeepEqual(selectorOf(old), selectorOf(next));
    const all = Object.entries(selectorOf(old)).map(([label, value]) => `${label}=${String(value)}`);
    assert.ok(chaincodeSelector(old.network).split(',').every((each) => all.includes(each)));
    assert.deepEqual((chaincodeService(old) as unknown as { spec: { selector: object } }).spec.selector, selectorOf(old));
  });

  it('serves the package that the peer has, over TLS', () => {
    const plan = testChaincode();
    const { env } = (chaincodeDeployment(plan) as unknown as Deployment).spec.template.spec.containers[0]!;
    const value = (name: string): string | undefined => env.find((each) => each.name === name)?.value;
    assert.equal(value('CHAINCODE_ID'), plan.packageId);
    assert.equal(value('NETWORK_ID'), plan.networkId);
    for (const name of ['CHAINCODE_TLS_KEY', 'CHAINCODE_TLS_CERT', 'CHAINCODE_CLIENT_CA']) assert.match(value(name) ?? '', /^\/etc\/chaincode-tls\//);
  });
});
