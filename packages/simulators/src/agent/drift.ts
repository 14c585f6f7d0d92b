/**
 * How computers stop being trustworthy, and how they are mended: one row per kind. Both directions act on the machine; the
 * server learns of it as it would in life, by the next report.
 */
import type { Scan } from '@gatehouse/core/facts/types.ts';
import type { Computer } from './computer.ts';

interface Drift {
  /** In an operator's words. */
  readonly happens: string;
  readonly mended: string;
  /** The scan that shows it. */
  readonly scan: Scan;
  isPresent(computer: Computer): boolean;
  apply(computer: Computer): void;
  mend(computer: Computer): void;
}

/** Signs as the agent reports them on each platform. */
const compromise = {
  linux: {
    sign: 'preloaded-library',
    detail: '/etc/ld.so.preload loads /tmp/.x/libhide.so into every program',
  },
  macos: { sign: 'system-integrity-protection-off', detail: 'System Integrity Protection is off' },
} as const;

const userData = (computer: Computer) => computer.volumes.filter(({ holdsUserData }) => holdsUserData);

export const drifts = {
  'disk-unencrypted': {
    happens: 'disk is no longer encrypted',
    mended: 'disk is encrypted again',
    scan: 'security',
    isPresent: (computer) => userData(computer).some(({ encrypted }) => !encrypted),
    apply(computer) {
      const last = userData(computer).at(-1);
      if (last !== undefined) last.encrypted = false;
    },
    mend(computer) {
      for (const volume of userData(computer)) volume.encrypted = true;
    },
  },
  'passcode-removed': {
    happens: 'password was removed',
    mended: 'password is set again',
    scan: 'security',
    isPresent: (computer) => computer.accounts.some(({ hasPassword }) => !hasPassword),
    apply(computer) {
      const [first] = computer.accounts;
      if (first !== undefined) first.hasPassword = false;
    },
    mend(computer) {
      for (const account of computer.accounts) account.hasPassword = true;
    },
  },
  'os-outdated': {
    happens: 'went back to an outdated system',
    mended: 'system is up to date again',
    scan: 'device-information',
    isPresent: (computer) => computer.release === 'outdated',
    apply(computer) {
      computer.release = 'outdated';
    },
    mend(computer) {
      computer.release = 'current';
    },
  },
  compromised: {
    happens: 'shows signs of a compromise',
    mended: 'is clean again',
    scan: 'security',
    isPresent: (computer) => computer.signs.length > 0,
    apply(computer) {
      computer.signs = [{ ...compromise[computer.platform] }];
    },
    mend(computer) {
      computer.signs = [];
    },
  },
  'screen-lock-off': {
    happens: 'screen lock was turned off',
    mended: 'screen lock is on again',
    scan: 'security',
    isPresent: (computer) => !computer.screenLock.enabled,
    apply(computer) {
      computer.screenLock.enabled = false;
    },
    mend(computer) {
      computer.screenLock.enabled = true;
    },
  },
} as const satisfies Record<string, Drift>;

export type DriftName = keyof typeof drifts;
export const driftNames = Object.keys(drifts) as readonly DriftName[];

export function driftsOf(computer: Computer): readonly DriftName[] {
  return driftNames.filter((name) => drifts[name].isPresent(computer));
}

/** What changes all the time without meaning anything: the battery, the network, a package here and there. */
export function passTime(computer: Computer, minutes: number): void {
  const { battery } = computer;
  battery.percent += (battery.charging ? 1 : -0.3) * minutes;
  if (battery.percent >= 100) Object.assign(battery, { percent: 100, charging: false });
  if (battery.percent <= 15)
    Object.assign(battery, { percent: Math.max(1, battery.percent), charging: true });
}
