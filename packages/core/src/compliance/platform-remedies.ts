/** What mends a broken rule where that depends on the platform: nobody is told to open an agent that a telephone has not. */
import type { Platform } from '../devices/device.ts';

interface PlatformRemedies {
  /** How its user has the device report now. */
  readonly report: string;
  readonly encrypt: string;
}

const byAgent = 'Open the agent and refresh, so that the device reports now.';
const byItself = 'Unlock the device while it is connected to the internet; it then reports by itself.';
const passcode = 'Set a passcode: with one, storage is encrypted.';
const disk = 'Turn on encryption of the whole disk.';

export const platformRemedies: { readonly [P in Platform]: PlatformRemedies } = {
  linux: { report: byAgent, encrypt: disk },
  // Under management by Apple’s protocol, or with our agent.
  macos: {
    report: 'Unlock the Mac while it is connected to the internet; where it has the agent, refresh in it.',
    encrypt: 'Turn on FileVault in the settings of the Mac.',
  },
  ios: { report: byItself, encrypt: passcode },
  android: { report: byItself, encrypt: passcode },
  windows: { report: byItself, encrypt: disk },
};
