/** For tests: a demand of every kind of rule. */
import type { Demands } from './demands.ts';

export const demandOfEveryKind: Demands = {
  'access-restriction': { text: 'The device is under investigation.' },
  compromised: {},
  enrollment: {},
  encryption: {},
  passcode: { minimumLength: 8 },
  'screen-lock': { maximumInactivitySeconds: 300 },
  'minimum-os': { versions: { ios: '18.0' } },
  apps: { required: [{ id: 'com.acme.mail', name: 'Acme Mail' }] },
  'sim-change': {},
  geofence: {
    areas: [
      { shape: 'circle', name: 'the site', center: { latitude: 47.4, longitude: 8.5 }, radiusMeters: 500 },
    ],
    must: 'inside',
    hysteresisMeters: 50,
    dwellMinutes: 10,
  },
  'location-services': {},
  'policy-current': { withinMinutes: 60 },
  activesync: { maximumSilenceHours: 72 },
  custom: {
    expression: 'hardware.memory_bytes >= 4000000000',
    text: 'The device has too little memory.',
    remedy: 'Ask for a newer device.',
  },
  'check-in-age': { maximumHours: 48 },
  roaming: { when: 'any' },
  'data-plan': { maximumPercent: 80 },
};
