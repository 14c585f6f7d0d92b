// Every command of the catalogue in Apple's words. A command that is missing here does not compile.
import type { CommandName } from '@gatehouse/core/commands/catalogue.ts';
import { clearActivationLockBypassCode, fetchActivationLockBypassCode } from './activation-lock.ts';
import { rotateAdministratorPassword } from './administrator-password.ts';
import { changeSettings } from './change-settings.ts';
import { clearPasscode } from './clear-passcode.ts';
import { deleteUser } from './delete-user.ts';
import { rotateDiskRecoveryKey } from './disk-recovery-key.ts';
import {
  clearFirmwarePassword,
  rotateFirmwarePassword,
  verifyFirmwarePassword,
} from './firmware-password.ts';
import { fullWipe } from './full-wipe.ts';
import { installApp } from './install-app.ts';
import { installProfile } from './install-profile.ts';
import { lockDevice } from './lock-device.ts';
import { disableLostMode, enableLostMode, locateDevice, playLostModeSound } from './lost-mode.ts';
import { platformCommand } from './platform-command.ts';
import { restartDevice, shutDownDevice } from './power.ts';
import { installProvisioningProfile, removeProvisioningProfile } from './provisioning-profiles.ts';
import { clearRecoveryLock, rotateRecoveryLock } from './recovery-lock.ts';
import { refreshDevice } from './refresh-device.ts';
import { removeApp } from './remove-app.ts';
import { removeProfile } from './remove-profile.ts';
import { renewIdentity } from './renew-identity.ts';
import { selectiveWipe } from './selective-wipe.ts';
import { syncDeclarations } from './sync-declarations.ts';
import { type AppleTranslator, type Unsupported, unsupported } from './translator.ts';
import { updateOs } from './update-os.ts';

export const appleCommands = {
  'lock-device': lockDevice,
  'send-message': unsupported(
    'Apple devices show messages only on their lock screen: lock them with a message.',
  ),
  'refresh-device': refreshDevice,
  'locate-device': locateDevice,
  'selective-wipe': selectiveWipe,
  'full-wipe': fullWipe,
  'renew-identity': renewIdentity,
  'install-profile': installProfile,
  'remove-profile': removeProfile,
  'sync-declarations': syncDeclarations,
  'clear-passcode': clearPasscode,
  'restart-device': restartDevice,
  'shut-down-device': shutDownDevice,
  'enable-lost-mode': enableLostMode,
  'disable-lost-mode': disableLostMode,
  'play-lost-mode-sound': playLostModeSound,
  'install-app': installApp,
  'remove-app': removeApp,
  'install-provisioning-profile': installProvisioningProfile,
  'remove-provisioning-profile': removeProvisioningProfile,
  'change-settings': changeSettings,
  'rotate-disk-recovery-key': rotateDiskRecoveryKey,
  'rotate-recovery-lock': rotateRecoveryLock,
  'clear-recovery-lock': clearRecoveryLock,
  'rotate-administrator-password': rotateAdministratorPassword,
  'fetch-activation-lock-bypass-code': fetchActivationLockBypassCode,
  'clear-activation-lock-bypass-code': clearActivationLockBypassCode,
  'update-os': updateOs,
  'delete-user': deleteUser,
  'rotate-firmware-password': rotateFirmwarePassword,
  'clear-firmware-password': clearFirmwarePassword,
  'verify-firmware-password': verifyFirmwarePassword,
  'request-logs': unsupported(
    'Apple’s protocol hands over no logs: a sysdiagnose is taken at the device itself, by its user.',
  ),
  'platform-command': platformCommand,
} satisfies { readonly [N in CommandName]: AppleTranslator<N> | Unsupported };

/** One entry of the table, as the general type: the command's own name says which parameters it has. */
export function appleCommand(name: CommandName): AppleTranslator | Unsupported {
  return appleCommands[name] as AppleTranslator | Unsupported;
}
