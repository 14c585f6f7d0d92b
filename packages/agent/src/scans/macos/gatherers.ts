/**
 * The five scans on macOS. The parsers beside this file are tested against output as Apple's tools document it; the
 * gatherers have NOT been run on a real Mac yet. A tool that is absent or answers differently leaves its facts unsaid.
 */
import type { Scan } from '@gatehouse/core/facts/types.ts';
import type { Gatherer } from '../scan-context.ts';
import { macApps } from './apps.ts';
import { macCertificates } from './certificates.ts';
import { macDeviceInformation } from './device-information.ts';
import { macProfiles } from './profiles.ts';
import { macSecurity } from './security.ts';

export const macosGatherers = {
  'device-information': [macDeviceInformation],
  security: [macSecurity],
  profiles: [macProfiles],
  apps: [macApps],
  certificates: [macCertificates],
} as const satisfies Record<Scan, readonly Gatherer[]>;
