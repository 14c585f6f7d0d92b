import { defineCommand, hours } from './define-command.ts';

/** Rings until somebody picks it up (LST-02); only a device that is declared lost does. */
export const playLostModeSound = defineCommand({
  name: 'play-lost-mode-sound',
  title: 'Play a sound on the lost device',
  permission: 'devices.lost-mode',
  params: {},
  audit: { show: [], redact: [] },
  expiresAfterMs: hours(1),
});
