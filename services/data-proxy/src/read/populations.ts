import type { AssetDefinition } from '../source/asset-definition.ts';
import type { OpenSource } from '../source/connector.ts';
import { identifiersOf, PopulationBuilder, type Population } from './population.ts';
import type { ProfileKey } from './read-log.ts';

/** At most this many are held, 8 MB each for a million persons. */
const mostHeld = 4;

type Content = Pick<ProfileKey, 'definition' | 'stamp'>;

/** Populations of the contents that were looked at last, so that a read need not pass over its source once more. */
export class Populations {
  readonly #secret: Uint8Array;
  readonly #held = new Map<string, Population>();

  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  /** For a pass over all columns of the asset; give its end to {@link keep}. */
  builder(asset: AssetDefinition): PopulationBuilder {
    return new PopulationBuilder(this.#secret, identifiersOf(asset), asset.columns.map(({ name }) => name));
  }

  keep(content: Content, population: Population): void {
    const key = keyOf(content);
    this.#held.delete(key);
    this.#held.set(key, population);
    const [oldest] = this.#held.keys();
    if (this.#held.size > mostHeld && oldest !== undefined) this.#held.delete(oldest);
  }

  /** @throws ProxyError SOURCE_* */
  async of(content: Content, source: OpenSource, asset: AssetDefinition): Promise<Population> {
    const known = this.#held.get(keyOf(content));
    if (known) return known;
    const columns = identifiersOf(asset);
    const builder = new PopulationBuilder(this.#secret, columns, columns);
    if (columns.length > 0) for await (const batch of source.scan({ columns })) builder.update(batch.rows);
    const population = builder.finish();
    this.keep(content, population);
    return population;
  }
}

function keyOf({ definition, stamp }: Content): string {
  return `${definition} ${stamp}`;
}
