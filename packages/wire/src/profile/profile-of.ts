import { gmProfile } from './gm-profile.ts';
import { intlProfile } from './intl-profile.ts';
import type { WireProfile, WireProfileName } from './wire-profile.ts';

const profiles: Readonly<Record<WireProfileName, WireProfile>> = { intl: intlProfile, gm: gmProfile };

export function profileOf(name: WireProfileName): WireProfile {
  return profiles[name];
}
