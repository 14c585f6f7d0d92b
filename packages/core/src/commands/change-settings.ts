import { days, defineCommand } from './define-command.ts';

const onOrOff = { type: 'boolean', optional: true } as const;

/** Single settings of the device, each with a result of its own: one that the device refuses does not keep the others back. */
export const changeSettings = defineCommand({
  name: 'change-settings',
  title: 'Change settings of the device',
  permission: 'devices.settings',
  params: {
    deviceName: { type: 'text', maximumLength: 63, optional: true },
    hostName: {
      type: 'word',
      pattern: /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/,
      maximumLength: 253,
      says: 'a host name',
      optional: true,
    },
    timeZone: {
      type: 'word',
      pattern: /^[A-Za-z0-9_+-]+(?:\/[A-Za-z0-9_+-]+){0,2}$/,
      maximumLength: 64,
      says: 'a time zone, such as Europe/Zurich',
      optional: true,
    },
    bluetooth: onOrOff,
    dataRoaming: onOrOff,
    voiceRoaming: onOrOff,
    personalHotspot: onOrOff,
    diagnosticSubmission: onOrOff,
    appAnalytics: onOrOff,
    activationLockWhileSupervised: onOrOff,
    /** JPEG or PNG. */
    wallpaper: { type: 'file', maximumBytes: 150_000, optional: true },
    wallpaperPlace: { type: 'choice', choices: ['lock-screen', 'home-screen', 'both'], optional: true },
  },
  check(params) {
    if (Object.keys(params).length === 0) return 'Nothing is to be changed.';
    return (params.wallpaper === undefined) === (params.wallpaperPlace === undefined)
      ? undefined
      : 'A wallpaper and its place are given together.';
  },
  audit: {
    show: [
      'deviceName',
      'hostName',
      'timeZone',
      'bluetooth',
      'dataRoaming',
      'voiceRoaming',
      'personalHotspot',
      'diagnosticSubmission',
      'appAnalytics',
      'activationLockWhileSupervised',
      'wallpaperPlace',
    ],
    redact: ['wallpaper'],
  },
  expiresAfterMs: days(7),
});
