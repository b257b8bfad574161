import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ProxyError } from '../errors.ts';
import type { AssetDefinition } from '../source/asset-definition.ts';
import type { Cell, Connector, OpenSource, ScanOptions } from '../source/connector.ts';
import { fingerprintOf } from '../source/fingerprint.ts';

/** A source under test that the suite may fill. Cells of `write` are raw text as a user would enter them. */
export interface ConnectorFixture {
  readonly connector: Connector;
  /** Definition of the source for these columns. */
  asset(columns: AssetDefinition['columns']): AssetDefinition;
  /** Replaces the content. */
  write(columns: readonly string[], rows: readonly (readonly string[])[]): Promise<void>;
  /** Makes the source unreachable. */
  remove(): Promise<void>;
  close(): Promise<void>;
}

const columns: AssetDefinition['columns'] = [
  { name: 'id', type: 'Integer', role: 'Identifier' },
  { name: 'name', type: 'String', role: 'Feature' },
  { name: 'count', type: 'Integer', role: 'Feature' },
  { name: 'amount', type: 'Decimal', role: 'Feature' },
  { name: 'since', type: 'Date', role: 'Feature' },
  { name: 'default', type: 'Boolean', role: 'Label' },
];
const names = columns.map((column) => column.name);
const salt = new Uint8Array(32).fill(7);

/** What every connector has to do, whatever its source: call this in a test file of the connector. */
export function connectorSuite(make: () => Promise<ConnectorFixture>): void {
  describe('connector contract', () => {
    let fixture: ConnectorFixture;
    before(async () => void (fixture = await make()));
    after(() => fixture.close());

    const opened = async <T>(use: (source: OpenSource, asset: AssetDefinition) => Promise<T>): Promise<T> => {
      const asset = fixture.asset(columns);
      const source = await fixture.connector.open(asset);
      try {
        return await use(source, asset);
      } finally {
        await source.close();
      }
    };
    const cells = (options?: ScanOptions): Promise<Cell[][]> => opened((source) => collect(source, options));
    const print = (): Promise<{ fingerprint: string; rows: number }> => opened((source, asset) => fingerprintOf(source, asset, salt));
    const many = Array.from({ length: 1000 }, (_, index) => [`${index}`, `name ${index}`, `${index}`, `${index}.50`, '2024-01-31', index % 2 ? 'true' : 'false']);

    test('cells come in canonical spelling, identifiers as they are, empty ones as null', async () => {
      await fixture.write(names, [
        ['007', '王"五", Ltd', '+042', '0010.500', '2024/2/29', 'TRUE'],
        ['8', '', '', '', '', ''],
        ['9', ' padded ', '-9223372036854775808', '-0.00', '20231231', '0'],
      ]);
      assert.deepEqual(await cells(), [
        ['007', '王"五", Ltd', '42', '10.5', '2024-02-29', 'true'],
        ['8', null, null, null, null, null],
        ['9', ' padded ', '-9223372036854775808', '0', '2023-12-31', 'false'],
      ]);
    });

    test('columns are projected in the order asked; an undeclared one is refused', async () => {
      assert.deepEqual(await cells({ columns: ['amount', 'id'] }), [['10.5', '007'], [null, '8'], ['0', '9']]);
      await assert.rejects(cells({ columns: ['secret'] }), refused('COLUMN_UNKNOWN'));
    });

    test('batches have the size asked, count rows, and may start later', async () => {
      await fixture.write(names, many);
      await opened(async (source) => {
        const sizes: [number, number][] = [];
        for await (const batch of source.scan({ batchRows: 300, from: 50 })) sizes.push([batch.firstRow, batch.rows.length]);
        assert.deepEqual(sizes, [[50, 300], [350, 300], [650, 300], [950, 50]]);
      });
      assert.equal((await cells({ from: 999 }))[0]?.[0], '999');
      assert.deepEqual(await cells({ from: 5000 }), []);
    });

    test('a scan left early can be followed by another, and by close', async () => {
      await opened(async (source) => {
        for await (const batch of source.scan({ batchRows: 10 })) {
          assert.equal(batch.rows.length, 10);
          break;
        }
        assert.equal((await collect(source)).length, 1000);
      });
    });

    test('cells of a wrong type end a scan with their position, and are all described', async () => {
      const rows = [['1', 'a', '1', '1', '2024-01-01', '1'], ['2', 'b', '1.5', '1e3', '2023-02-29', 'ja'], ['', 'c', '99999999999999999999', '1,000', '2024-13-01', '2']];
      await fixture.write(names, rows);
      await assert.rejects(cells(), (error) => refused('SOURCE_CELL_TYPE')(error) && (error as ProxyError).location?.column === 'count');
      await opened(async (source) => {
        const description = await source.describe();
        assert.equal(description.rows, 3);
        const found = description.problems.map((problem) => `${problem.code} ${problem.location?.column}`);
        assert.deepEqual(found, [
          ...['count', 'amount', 'since', 'default'].map((name) => `SOURCE_CELL_TYPE ${name}`),
          'SOURCE_IDENTIFIER_EMPTY id',
          ...['count', 'amount', 'since', 'default'].map((name) => `SOURCE_CELL_TYPE ${name}`),
        ]);
        for (const problem of description.problems) assert.doesNotMatch(problem.message, /1\.5|1e3|9999|1,000|ja\b/, 'no data in messages');
      });
    });

    test('a missing column is named', async () => {
      await fixture.write(names.slice(0, 5), [['1', 'a', '1', '1', '2024-01-01']]);
      await assert.rejects(cells(), (error) => refused('SOURCE_COLUMN_MISSING')(error) && (error as ProxyError).message.includes('default'));
    });

    test('the fingerprint depends on content and salt, not on spelling', async () => {
      await fixture.write(names, [['1', 'a', '01', '1.0', '2024/1/1', 'TRUE'], ['2', 'b', '2', '2', '2024-01-02', 'false']]);
      const first = await print();
      assert.equal(first.rows, 2);
      assert.match(first.fingerprint, /^[0-9a-f]{64}$/);
      await fixture.write(names, [['1', 'a', '1', '1', '2024-01-01', '1'], ['2', 'b', '+2', '2.00', '20240102', '0']]);
      assert.deepEqual(await print(), first);
      await fixture.write(names, [['1', 'a', '1', '1', '2024-01-01', '1'], ['2', 'c', '2', '2', '2024-01-02', '0']]);
      assert.notEqual((await print()).fingerprint, first.fingerprint);
      await fixture.write(names, [['1', 'a', '1', '1', '2024-01-01', '1']]);
      assert.notEqual((await print()).fingerprint, first.fingerprint);
      await opened(async (source, asset) => {
        const one = await fingerprintOf(source, asset, salt);
        const other = await fingerprintOf(source, asset, new Uint8Array(32).fill(8));
        assert.notEqual(one.fingerprint, other.fingerprint);
        await assert.rejects(fingerprintOf(source, asset, new Uint8Array(8)), refused('INVALID_ARGUMENT'));
      });
    });

    test('the stamp changes with the content and only then', async () => {
      const before = await opened((source) => source.stamp());
      assert.equal(await opened((source) => source.stamp()), before);
      await fixture.write(names, many.slice(0, 7));
      assert.notEqual(await opened((source) => source.stamp()), before);
    });

    test('a source that is away is told as such', async () => {
      await fixture.remove();
      await assert.rejects(cells(), refused('SOURCE_UNREADABLE'));
    });
  });
}

async function collect(source: OpenSource, options?: ScanOptions): Promise<Cell[][]> {
  const rows: Cell[][] = [];
  for await (const batch of source.scan(options)) rows.push(...batch.rows.map((row) => [...row]));
  return rows;
}

function refused(code: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof ProxyError, String(error));
    assert.equal(error.code, code);
    return true;
  };
}
