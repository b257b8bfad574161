/** What a workspace may import of the others: exact folders, or a folder with `/*` for all below it. */
interface Rule {
  readonly from: string;
  readonly to: readonly string[];
}

const LIBRARIES = ['crds', 'packages/*', 'contracts'];

/**
 * The direction of the design (§3): `crds, packages` <- `contracts` <- `operator, services, compute-images, cli` <-
 * `hack, e2e`. The first rule that fits counts. A service or an image may import libraries only, so services never
 * import each other and the operator imports no service: they talk over the wire.
 */
const RULES: readonly Rule[] = [
  { from: 'crds', to: [] },
  // Ledgers execute the contracts, so these packages stand above them.
  { from: 'packages/ledger', to: ['packages/*', 'contracts'] },
  // What chaincode and driver share; the chaincode needs nothing of a driver.
  { from: 'packages/fabric-execution', to: ['packages/sm', 'packages/did', 'packages/envelope', 'contracts'] },
  { from: 'packages/ledger-fabric', to: ['packages/*', 'contracts'] },
  { from: 'packages/*', to: ['packages/*'] },
  // Pure and deterministic: nothing that has a clock, a network or a disk.
  { from: 'contracts', to: ['packages/sm', 'packages/did', 'packages/envelope', 'packages/flow'] },
  { from: 'operator', to: LIBRARIES },
  { from: 'services/*', to: LIBRARIES },
  { from: 'compute-images/*', to: LIBRARIES },
  { from: 'cli', to: LIBRARIES },
  { from: 'hack', to: LIBRARIES },
  { from: 'e2e', to: [...LIBRARIES, 'hack'] },
];

/** Packages below the contracts may not reach them through `packages/ledger` either. */
const ABOVE_CONTRACTS = ['packages/ledger', 'packages/fabric-execution', 'packages/ledger-fabric'];

/**
 * Whether workspace folder `from` may import workspace folder `to`.
 *
 * @throws Error for a folder that no rule names: a new kind of workspace needs its place in the direction.
 */
export function mayImport(from: string, to: string): boolean {
  const rule = RULES.find((each) => fits(each.from, from));
  if (rule === undefined) throw new Error(`${from}: has no place in the direction of imports; give it one in ${import.meta.filename}`);
  if (from.startsWith('packages/') && from !== 'packages/ledger-fabric' && ABOVE_CONTRACTS.includes(to)) return false;
  return from !== to && rule.to.some((pattern) => fits(pattern, to));
}

function fits(pattern: string, folder: string): boolean {
  return pattern.endsWith('/*') ? folder.startsWith(pattern.slice(0, -1)) : pattern === folder;
}
