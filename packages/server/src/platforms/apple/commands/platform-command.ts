// Any command of Apple's, by those who know the protocol, checked against the schema for this very device. What erases, locks, tracks
// or brings secrets to light has a command of ours with a guard, and is refused here.
import { findCommand, validateCommand } from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import { isDomainError } from '@gatehouse/core/errors.ts';
import type { PlistDictionary } from '@gatehouse/protocols/plist/index.ts';
import { catalogueTarget } from '../apple-target.ts';
import { dictionaryFromJson, jsonFromPlist } from './json-plist.ts';
import type { AppleTranslator, CommandOf } from './translator.ts';

/** The command of ours that does it, or what does it instead. */
export const guarded: Readonly<Record<string, string>> = {
  EraseDevice: 'full-wipe',
  DeviceLock: 'lock-device',
  ClearPasscode: 'clear-passcode',
  EnableLostMode: 'enable-lost-mode',
  DisableLostMode: 'disable-lost-mode',
  DeviceLocation: 'locate-device',
  PlayLostModeSound: 'play-lost-mode-sound',
  RestartDevice: 'restart-device',
  ShutDownDevice: 'shut-down-device',
  InstallProfile: 'a resource and its assignment',
  RemoveProfile: 'a resource and its assignment, or selective-wipe',
  InstallApplication: 'install-app',
  InstallEnterpriseApplication: 'install-app',
  RemoveApplication: 'remove-app',
  DeclarativeManagement: 'sync-declarations',
  RotateFileVaultKey: 'rotate-disk-recovery-key',
  SetRecoveryLock: 'rotate-recovery-lock',
  SetAutoAdminPassword: 'rotate-administrator-password',
  ActivationLockBypassCode: 'fetch-activation-lock-bypass-code',
  ClearActivationLockBypassCode: 'clear-activation-lock-bypass-code',
  DeleteUser: 'delete-user',
  SetFirmwarePassword: 'rotate-firmware-password or clear-firmware-password',
  VerifyFirmwarePassword: 'verify-firmware-password',
  RequestUnlockToken: 'clear-passcode, for which the device has given its token already',
};

/** Bytes of JSON that are kept of an answer; see what commands can store. */
const mostResult = 60_000;

function requestOf({ params: { requestType, payload = {} } }: CommandOf<'platform-command'>): {
  readonly requestType: string;
  readonly payload: PlistDictionary;
} {
  return { requestType, payload: dictionaryFromJson(payload) };
}

export const platformCommand: AppleTranslator<'platform-command'> = {
  needs: { channels: ['device', 'user'] },
  refuses(command, target) {
    const { requestType } = command.params;
    if (findCommand(requestType) === undefined) return `Apple has no command ${requestType}.`;
    const instead = Object.hasOwn(guarded, requestType) ? guarded[requestType] : undefined;
    if (instead !== undefined) return `${requestType} is not sent raw: use ${instead}.`;
    let payload: PlistDictionary;
    try {
      ({ payload } = requestOf(command));
    } catch (error) {
      if (!isDomainError(error)) throw error;
      return error.message;
    }
    const problem = validateCommand({ ...payload, RequestType: requestType }, catalogueTarget(target)).find(
      ({ severity }) => severity === 'error',
    );
    return problem && `${problem.path} ${problem.problem}.`.slice(0, 400);
  },
  steps: (command) => [requestOf(command)],
  answered(_context, response) {
    const text = JSON.stringify(jsonFromPlist(response)) ?? '{}';
    const bytes = Buffer.byteLength(text);
    return {
      result: bytes > mostResult ? { tooLarge: true, bytes } : (JSON.parse(text) as Record<string, unknown>),
    };
  },
};
