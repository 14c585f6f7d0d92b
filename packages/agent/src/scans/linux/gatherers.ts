/** Which gatherers make up each scan on Linux. */
import type { Scan } from '@gatehouse/core/facts/types.ts';
import type { Gatherer } from '../scan-context.ts';
import { apps } from './apps.ts';
import { battery } from './battery.ts';
import { certificates } from './certificates.ts';
import { hardware } from './hardware.ts';
import { integrity } from './integrity.ts';
import { networkInterfaces } from './network-interfaces.ts';
import { operatingSystem } from './operating-system.ts';
import { passcode } from './passcode.ts';
import { platformSecurity } from './platform-security.ts';
import { profiles } from './profiles.ts';
import { screenLock } from './screen-lock.ts';
import { storage } from './storage.ts';

export const linuxGatherers = {
  'device-information': [operatingSystem, hardware, networkInterfaces, battery],
  security: [storage, passcode, screenLock, integrity, platformSecurity],
  profiles: [profiles],
  apps: [apps],
  certificates: [certificates],
} as const satisfies Record<Scan, readonly Gatherer[]>;
