/** What mends a broken rule where that depends on the platform: nobody is told to open an agent that a telephone has not. */
import type { Platform } from '../devices/device.ts';
import { type Message, say } from './wording/message.ts';

interface PlatformRemedies {
  /** How its user has the device report now. */
  readonly report: Message;
  readonly encrypt: Message;
}

const byAgent = say('report.by-agent');
const byItself = say('report.by-itself');
const passcode = say('encryption.by-passcode');
const disk = say('encryption.of-disk');

export const platformRemedies: { readonly [P in Platform]: PlatformRemedies } = {
  linux: { report: byAgent, encrypt: disk },
  // Under management by Apple’s protocol, or with our agent.
  macos: {
    report: say('report.mac'),
    encrypt: say('encryption.by-filevault'),
  },
  ios: { report: byItself, encrypt: passcode },
  android: { report: byItself, encrypt: passcode },
  windows: { report: byItself, encrypt: disk },
};
