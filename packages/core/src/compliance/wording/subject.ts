/** What a rule looks for in one fact, to complete "The device has not reported …". */

export const subjects = [
  'storage.encrypted',
  'passcode.set',
  'passcode.compliant-with-profiles',
  'passcode.minimum-length',
  'passcode.minimum-classes',
  'passcode.maximum-age-days',
  'passcode.history',
  'screen-lock.enabled',
  'screen-lock.timeout-seconds',
  'os.version',
  'integrity.compromised',
  'apps.installed',
  'location.services',
  'roaming.active',
  'roaming.data',
  'cellular.data-used-bytes',
  'sim.id',
  'activesync.authorized',
  'activesync.last-seen',
] as const;

export type Subject = (typeof subjects)[number];
