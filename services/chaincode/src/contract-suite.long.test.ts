import { after, before } from 'node:test';
import { contractSuite } from '@collabnet/contracts/testing';
import { FabricDriver } from './testing/fabric-driver.ts';
import { TestLedgerNetwork } from './testing/test-ledger-network.ts';

// The same behaviour as over memory and the embedded ledger, with two organisations that both have to endorse.
let network: TestLedgerNetwork;
before(async () => {
  network = await TestLedgerNetwork.start({ members: ['Alpha', 'Beta'], environment: { CLOCK_WINDOW_MS: 'off' } });
});
after(() => network.close());

contractSuite((payload, sign) => FabricDriver.found(network, payload, sign));
