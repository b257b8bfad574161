import { genesis } from '../governance/genesis.ts';
import { CONTRACTS_VERSION } from '../version.ts';
import { execute } from './execute.ts';
import { query } from './query.ts';
import { releasesOf, type ContractsRelease, type ContractsReleases } from './release.ts';

/** These rules. A change of records comes with a new version and a migration to it. */
export const CURRENT_RELEASE: ContractsRelease = { version: CONTRACTS_VERSION, genesis, execute, query, migrations: [] };

/** What this build can run. */
export const RELEASES: ContractsReleases = releasesOf(CURRENT_RELEASE);
