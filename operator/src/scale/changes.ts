import { randomBytes } from 'node:crypto';
import type { ParticipantDID } from '@collabnet/crds';
import { encodeSm2Multikey, generateSm2KeyPair } from '@collabnet/sm';
import { PARTICIPANT_DID } from '../controllers/kinds.ts';
import { keyOf, type Informer, type KubeObject } from '../runtime/index.ts';
import { follow, until } from './follower.ts';
import { NAMESPACE } from './names.ts';
import { each } from './pool.ts';
import type { World } from './world.ts';

const OBJECTS = 100;
const SETTLE_MS = 120_000;

/**
 * Changes of the specs of 100 ParticipantDIDs, and how soon the operator has acted on them: a change counts as handled
 * when `observedGeneration` has reached its generation, so API write, watch, queue, reconcile and status write are in.
 */
export class Changes {
  /** ms from the API server's answer to the change until its handling was seen here. */
  readonly latencies: number[] = [];
  readonly #world: World;
  readonly #informer: Informer<ParticipantDID>;
  readonly #sent = new Map<string, { generation: number; at: number }[]>();
  #next = 0;

  private constructor(world: World, informer: Informer<ParticipantDID>) {
    this.#world = world;
    this.#informer = informer;
    informer.on({ update: (object) => this.#observe(object) });
  }

  static async prepare(world: World): Promise<Changes> {
    const publicKeyMultibase = encodeSm2Multikey(generateSm2KeyPair().publicKey);
    const spec = { type: 'Person', displayName: 'Person', roles: ['DataManager'], publicKeyMultibase };
    await each(names(), 8, async (name) => {
      if ((await world.client.find(PARTICIPANT_DID, name)) !== undefined) return;
      await world.client.create(PARTICIPANT_DID, { metadata: { name }, spec: { ...spec, subjectCode: `bank-a.${name}` } } as KubeObject);
    });
    const changes = new Changes(world, await follow<ParticipantDID>(world.client, PARTICIPANT_DID));
    await changes.settled();
    return changes;
  }

  /** Changes one object after another, `perSecond`, for `seconds`; `during` runs beside it. @returns changes made */
  async run(perSecond: number, seconds: number): Promise<number> {
    const from = performance.now();
    let made = 0;
    const running = new Set<Promise<void>>();
    while (performance.now() - from < seconds * 1_000) {
      const change = this.#change().finally(() => running.delete(change));
      running.add(change);
      made += 1;
      const wait = from + (made * 1_000) / perSecond - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    }
    await Promise.all(running);
    return made;
  }

  /** One change. @returns ms until it was handled */
  async once(timeoutMs: number): Promise<number> {
    const before = this.latencies.length;
    await this.#change();
    await until(this.#informer, 'the next reconcile', () => this.latencies.length > before, timeoutMs);
    return this.latencies[before] ?? Number.NaN;
  }

  /** Waits until the operator has acted on every change there was. @throws Error */
  async settled(): Promise<void> {
    await until(this.#informer, 'all changes handled', () => this.lost() === 0, SETTLE_MS);
  }

  /** Objects whose newest generation was not acted on. */
  lost(): number {
    return this.#informer.list().filter(({ metadata, status }) => (status?.observedGeneration ?? 0) < (metadata.generation ?? 0)).length;
  }

  stop(): Promise<void> {
    return this.#informer.stop();
  }

  async #change(): Promise<void> {
    const name = names()[this.#next++ % OBJECTS] ?? '';
    const body = { spec: { displayName: `Person ${randomBytes(6).toString('hex')}` } };
    const { metadata } = await this.#world.client.patch<ParticipantDID>(PARTICIPANT_DID, name, body, { strategy: 'merge' });
    const sent = { generation: metadata.generation ?? 0, at: performance.now() };
    this.#sent.set(name, [...(this.#sent.get(name) ?? []), sent]);
    const seen = this.#informer.get(`${NAMESPACE}/${name}`);
    if (seen) this.#observe(seen);
  }

  #observe(object: ParticipantDID): void {
    const name = keyOf(object).split('/')[1] ?? '';
    const handled = object.status?.observedGeneration ?? 0;
    const waiting = this.#sent.get(name) ?? [];
    const now = performance.now();
    for (const { generation, at } of waiting) if (generation <= handled) this.latencies.push(Math.max(0, now - at));
    this.#sent.set(name, waiting.filter(({ generation }) => generation > handled));
  }
}

function names(): string[] {
  return Array.from({ length: OBJECTS }, (_, index) => `person-${index}`);
}
