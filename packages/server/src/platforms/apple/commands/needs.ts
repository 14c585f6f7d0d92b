// Whether a device is what a command needs, and why not.
import { compareVersions } from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import type { AppleTarget } from '../apple-target.ts';
import type { Needs } from './translator.ts';

/** @returns why the device cannot do it, for whoever ordered it; undefined when it can. */
export function unmetNeed(needs: Needs | undefined, target: AppleTarget): string | undefined {
  const { since, supervised, wholeDevice, channels = ['device'] } = needs ?? {};
  const { os, osVersion } = target;
  if (!channels.includes(target.channel === '' ? 'device' : 'user')) {
    return target.channel === ''
      ? 'It is meant for one of the device’s users.'
      : 'It is meant for the device, not a user.';
  }
  if (since) {
    const first = since[os];
    if (first === undefined) return `${os} does not know it.`;
    if (osVersion !== undefined && compareVersions(osVersion, first) < 0) return `It needs ${os} ${first}.`;
  }
  if (wholeDevice === true && target.enrollmentKind === 'user') {
    return 'The device is in user enrolment, where only what belongs to the organization can be managed.';
  }
  const mustBeSupervised = supervised === true || (Array.isArray(supervised) && supervised.includes(os));
  return mustBeSupervised && !target.supervised ? 'The device is not supervised.' : undefined;
}
