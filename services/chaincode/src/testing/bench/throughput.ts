import { TestNetwork } from '@collabnet/contracts/testing';
import type { SignedTransaction } from '@collabnet/envelope';
import { toArguments } from '@collabnet/fabric-execution';
import { openConnection } from '@collabnet/ledger-fabric';
import { FabricDriver } from '../fabric-driver.ts';
import { TestLedgerNetwork } from '../test-ledger-network.ts';
import type { Rate, ThroughputFigures } from './figures.ts';
import { alone, rate, timed, typical } from './rate.ts';

const MEMBERS = ['Alpha', 'Beta'];
const BATCH_TIMEOUT_MS = 200;
const IN_FLIGHT = 50;
const ALONE = 15;

export interface ThroughputOptions {
  readonly orderers: number;
  readonly rounds: number;
  readonly calls: number;
}

/** A network with a ledger on it, for the parts of the bench. */
export interface BenchLedger {
  readonly network: TestLedgerNetwork;
  readonly net: TestNetwork;
  readonly driver: FabricDriver;
  /** s */
  readonly genesis: number;
}

export async function startLedger(orderers: number, environment: Readonly<Record<string, string>> = {}): Promise<BenchLedger> {
  const network = await TestLedgerNetwork.start({ members: MEMBERS, orderers, batchTimeoutMs: BATCH_TIMEOUT_MS, environment });
  try {
    let driver: FabricDriver | undefined;
    let net: TestNetwork | undefined;
    const genesis = await timed(async () => {
      net = await TestNetwork.found(async (payload, sign) => (driver = await FabricDriver.found(network, payload, sign, 'Real')));
    });
    if (driver === undefined || net === undefined) throw new Error('the network was not founded');
    return { network, net, driver, genesis };
  } catch (error) {
    await network.close();
    throw error;
  }
}

/** Assets to publish, signed beforehand: six keys are read and four written. */
export async function signedCalls({ net }: BenchLedger, names: readonly string[]): Promise<SignedTransaction[]> {
  const signed: SignedTransaction[] = [];
  for (const name of names) signed.push(await net.sign(net.founder, 'catalogue', 'publish', net.assetOf(net.founder, name)));
  return signed;
}

/** Contract calls and calls that do nothing, in turn over the same gateway. The first round warms up and does not count. */
export async function measureThroughput(ledger: BenchLedger, { orderers, rounds, calls }: ThroughputOptions): Promise<ThroughputFigures> {
  const { network, driver } = ledger;
  const rates: Record<'nothing' | 'contract' | 'readNothing' | 'readPeer' | 'readReplica', Rate[]> = { nothing: [], contract: [], readNothing: [], readPeer: [], readReplica: [] };
  const { identity, endpoints } = network.options('Alpha', { networkId: '', state: driver.state });
  const [endpoint = { address: '' }] = endpoints();
  const connection = openConnection(endpoint, identity());
  try {
    const contract = connection.gateway.getNetwork(network.fabric.channel).getContract(driver.chaincode);
    const assetId = (name: string): string => `${ledger.net.founder.code}/${name}`;
    for (let round = 0; round <= rounds; round++) {
      const names = Array.from({ length: calls }, (_, nth) => `asset-${round}-${nth}`);
      const signed = await signedCalls(ledger, names);
      const unsent = await signedCalls(ledger, names.map((name) => `unsent-${name}`));
      const measured = {
        nothing: await rate(signed.map(() => () => driver.client.ping()), IN_FLIGHT),
        contract: await rate(signed.map((tx) => () => driver.client.submit(tx)), IN_FLIGHT),
        readNothing: await rate(signed.map(() => () => contract.evaluate('ping')), IN_FLIGHT),
        readPeer: await rate(unsent.map((tx) => () => evaluated(contract, toArguments({ name: 'submit', tx, seenHeight: driver.client.head().height }))), IN_FLIGHT),
        readReplica: await rate(names.map((name) => () => driver.client.evaluate('catalogue', 'get', { assetId: assetId(name) })), IN_FLIGHT),
      };
      if (round > 0) for (const name of Object.keys(rates) as (keyof typeof rates)[]) rates[name].push(measured[name]);
    }
    const single = await signedCalls(ledger, Array.from({ length: ALONE }, (_, nth) => `alone-${nth}`));
    const { started } = network;
    return {
      orderers,
      organisations: MEMBERS.length,
      batchTimeoutMs: BATCH_TIMEOUT_MS,
      inFlight: IN_FLIGHT,
      rounds,
      callsPerRound: calls,
      write: { nothing: typical(rates.nothing), contract: typical(rates.contract) },
      alone: { nothing: await alone(() => driver.client.ping(), ALONE), contract: await alone((nth) => driver.client.submit(single[nth] as SignedTransaction), ALONE) },
      read: { nothing: typical(rates.readNothing), peer: typical(rates.readPeer), replica: typical(rates.readReplica) },
      deployment: { ...started, genesis: ledger.genesis },
    };
  } finally {
    connection.close();
  }
}

function evaluated(contract: { evaluateTransaction(name: string, ...args: string[]): Promise<Uint8Array> }, [name = '', ...args]: readonly string[]): Promise<Uint8Array> {
  return contract.evaluateTransaction(name, ...args);
}
