import type { ContractCall, NetworkSession } from '../../../institution/network-session.ts';
import type { SecretValues } from '../../../institution/secret-store.ts';
import type { NetworkRun } from '../network-run.ts';

interface Writers {
  readonly ctx: Pick<NetworkRun['ctx'], 'applier'>;
  readonly services: Pick<NetworkRun['services'], 'secrets'>;
}

/** Stands for the end of an operator's process. */
export class Killed extends Error {}

/** Ends each reconcile right after a write to the cluster, as a crash would, until {@link restore}. */
export class KillingWrites {
  /** The writes after which it was killed. */
  readonly at = new Set<string>();
  /** Secrets as they were first made. */
  readonly made = new Map<string, SecretValues>();
  /** Puts the run back as it was. */
  readonly restore: () => void;

  constructor({ ctx: { applier }, services: { secrets } }: Writers) {
    const apply = applier.apply.bind(applier);
    const ensure = secrets.ensure.bind(secrets);
    const update = secrets.update.bind(secrets);
    applier.apply = async (type, object, options) => {
      const applied = await apply(type, object, options);
      return applied.changed ? this.#kill(`${type.kind} ${object.metadata.name}`) : applied;
    };
    secrets.ensure = async (name, make, owner) => {
      const found = await secrets.read(name);
      if (found !== undefined) return found;
      this.made.set(name, await ensure(name, make, owner));
      return this.#kill(`Secret ${name}`);
    };
    secrets.update = async (name, change) => {
      await update(name, change);
      return this.#kill(`update of Secret ${name}`);
    };
    this.restore = () => {
      Object.assign(applier, { apply });
      Object.assign(secrets, { ensure, update });
    };
  }

  /** The session, which ends the reconcile after each of its transactions as well. */
  session(session: NetworkSession): NetworkSession {
    const submit = async (call: ContractCall): Promise<never> => {
      await session.submit(call);
      return this.#kill(`${call.contract}.${call.method}`);
    };
    const own = (name: string | symbol): unknown => {
      const value: unknown = Reflect.get(session, name, session);
      return typeof value === 'function' ? (value.bind(session) as unknown) : value;
    };
    return new Proxy(session, { get: (_, name) => (name === 'submit' ? submit : own(name)) });
  }

  /**
   * Ends it after each event as well: an act on the channel is told of right after it. One that is sent again is the same act.
   *
   * @returns puts the context back as it was
   */
  events(ctx: Pick<NetworkRun['ctx'], 'event'>): () => void {
    const event = ctx.event.bind(ctx);
    ctx.event = (input) => {
      event(input);
      const what = `event ${input.reason}: ${input.message}`;
      if (!this.at.has(what)) this.#kill(what);
    };
    return () => Object.assign(ctx, { event });
  }

  #kill(what: string): never {
    this.at.add(what);
    throw new Killed(what);
  }
}
