/** What to tap, by what is wrong and on which kind of device; where nothing is known, the sentence of the problem has to do. */
import type { MyDevice } from '@gatehouse/contracts/my/devices.ts';
import type { stepTexts } from './step-texts.ts';

type StepKey = Parameters<ReturnType<typeof stepTexts.use>>[0];
type Kind = NonNullable<MyDevice['problems'][number]['kind']>;
type Steps = Partial<Record<MyDevice['platform'], readonly StepKey[]>>;

const steps: Partial<Record<Kind, Steps>> = {
  passcode: {
    ios: ['iosSettings', 'iosPasscode', 'iosPasscodeOn'],
    macos: ['macSettings', 'macUsers', 'macPassword'],
    android: ['androidSettings', 'androidLock', 'androidLockChoose'],
    windows: ['windowsSettings', 'windowsSignIn', 'windowsPin'],
    linux: ['linuxSettings', 'linuxUsers', 'linuxPassword'],
  },
  'screen-lock': {
    ios: ['iosSettings', 'iosDisplay', 'iosAutoLock'],
    macos: ['macSettings', 'macLockScreen', 'macLockTime'],
    android: ['androidSettings', 'androidDisplay', 'androidTimeout'],
    windows: ['windowsSettings', 'windowsPower', 'windowsTimeout'],
    linux: ['linuxSettings', 'linuxScreen', 'linuxTimeout'],
  },
  encryption: {
    ios: ['iosSettings', 'iosPasscode', 'iosPasscodeOn'],
    macos: ['macSettings', 'macFileVault', 'macFileVaultOn'],
    android: ['androidSettings', 'androidLock', 'androidLockChoose'],
    windows: ['windowsSettings', 'windowsEncryption', 'windowsEncryptionOn'],
    linux: ['linuxEncryption', 'askHelp'],
  },
  'minimum-os': {
    ios: ['iosSettings', 'generalUpdate', 'installUpdate'],
    macos: ['macSettings', 'generalUpdate', 'installUpdate'],
    android: ['androidSettings', 'androidUpdate', 'installUpdate'],
    windows: ['windowsSettings', 'windowsUpdate', 'installUpdate'],
    linux: ['linuxUpdate', 'linuxRestart'],
  },
  'location-services': {
    ios: ['iosSettings', 'iosPrivacy', 'iosLocation'],
    macos: ['macSettings', 'macPrivacy', 'iosLocation'],
  },
  roaming: {
    ios: ['iosSettings', 'iosMobile', 'iosRoaming'],
    android: ['androidSettings', 'androidMobile', 'iosRoaming'],
  },
  'check-in-age': {
    ios: ['connect', 'unlockWait'],
    macos: ['connect', 'restart'],
    android: ['connect', 'openApp'],
    windows: ['connect', 'restart'],
    linux: ['connect', 'linuxAgent'],
  },
  'policy-current': {
    ios: ['connect', 'unlockWait'],
    macos: ['connect', 'restart'],
    linux: ['connect', 'linuxAgent'],
  },
  compromised: {
    ios: ['backup', 'askHelp'],
    macos: ['askHelp'],
    android: ['backup', 'askHelp'],
    windows: ['askHelp'],
    linux: ['askHelp'],
  },
};

export function stepsFor(
  problem: Pick<MyDevice['problems'][number], 'kind' | 'stale'>,
  platform: MyDevice['platform'],
): readonly StepKey[] {
  const kind = problem.stale ? 'check-in-age' : problem.kind;
  return (kind === null ? undefined : steps[kind]?.[platform]) ?? [];
}
