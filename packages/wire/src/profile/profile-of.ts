import { WireError } from '../errors.ts';
import { intlProfile } from './intl-profile.ts';
import type { WireProfile, WireProfileName } from './wire-profile.ts';

/** @throws WireError WIRE_PROFILE_UNAVAILABLE */
export function profileOf(name: WireProfileName): WireProfile {
  if (name === 'intl') return intlProfile;
  throw new WireError('WIRE_PROFILE_UNAVAILABLE', `wireProfile: this build cannot run '${name}'; propose the flow with 'intl'`);
}
