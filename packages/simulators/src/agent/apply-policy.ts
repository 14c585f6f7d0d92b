/** What a policy does to a computer: rules for passwords and the screen are put in force; disks cannot be encrypted from afar. */
import type { Computer } from './computer.ts';

export type PolicySettings = Readonly<Record<string, boolean | number | string>>;

export function applyPolicy(computer: Computer, settings: PolicySettings): void {
  const { passcode, screenLock } = computer;
  const number = (name: string) => {
    const value = settings[name];
    return typeof value === 'number' ? value : undefined;
  };
  passcode.minimumLength = Math.max(passcode.minimumLength, number('passcode.minimum-length') ?? 0);
  passcode.minimumClasses = Math.max(passcode.minimumClasses, number('passcode.minimum-classes') ?? 0);
  passcode.history = Math.max(passcode.history, number('passcode.history') ?? 0);
  const age = number('passcode.maximum-age-days');
  if (age !== undefined && (passcode.maximumAgeDays === 0 || passcode.maximumAgeDays > age)) {
    passcode.maximumAgeDays = age;
  }
  if (settings['screen-lock.required'] === true) screenLock.enabled = true;
  const idle = number('screen-lock.maximum-inactivity-seconds');
  if (idle !== undefined) screenLock.timeoutSeconds = Math.min(screenLock.timeoutSeconds, idle);
  computer.appliedSettings = { ...settings };
}
