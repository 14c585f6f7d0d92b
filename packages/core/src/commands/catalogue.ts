/** All commands. A platform's table of translators is `satisfies Record<CommandName, …>`, so none can be forgotten. */
import { DomainError } from '../errors.ts';
import type { CommandDefinition } from './define-command.ts';
import { changeSettings } from './change-settings.ts';
import { clearActivationLockBypassCode } from './clear-activation-lock-bypass-code.ts';
import { clearPasscode } from './clear-passcode.ts';
import { clearRecoveryLock } from './clear-recovery-lock.ts';
import { disableLostMode } from './disable-lost-mode.ts';
import { enableLostMode } from './enable-lost-mode.ts';
import { fetchActivationLockBypassCode } from './fetch-activation-lock-bypass-code.ts';
import { fullWipe } from './full-wipe.ts';
import { installApp } from './install-app.ts';
import { installProvisioningProfile } from './install-provisioning-profile.ts';
import { installProfile } from './install-profile.ts';
import { locateDevice } from './locate-device.ts';
import { lockDevice } from './lock-device.ts';
import { platformCommand } from './platform-command.ts';
import { playLostModeSound } from './play-lost-mode-sound.ts';
import { refreshDevice } from './refresh-device.ts';
import { removeApp } from './remove-app.ts';
import { removeProvisioningProfile } from './remove-provisioning-profile.ts';
import { removeProfile } from './remove-profile.ts';
import { renewIdentity } from './renew-identity.ts';
import { requestLogs } from './request-logs.ts';
import { restartDevice } from './restart-device.ts';
import { rotateAdministratorPassword } from './rotate-administrator-password.ts';
import { rotateDiskRecoveryKey } from './rotate-disk-recovery-key.ts';
import { rotateRecoveryLock } from './rotate-recovery-lock.ts';
import { selectiveWipe } from './selective-wipe.ts';
import { sendMessage } from './send-message.ts';
import { syncDeclarations } from './sync-declarations.ts';
import { shutDownDevice } from './shut-down-device.ts';
import { updateOs } from './update-os.ts';
import { deleteUser } from './delete-user.ts';
import { rotateFirmwarePassword } from './rotate-firmware-password.ts';
import { clearFirmwarePassword } from './clear-firmware-password.ts';
import { verifyFirmwarePassword } from './verify-firmware-password.ts';
import type { ParamsOf } from './params.ts';

export const commandNames = [
  'lock-device',
  'send-message',
  'refresh-device',
  'locate-device',
  'selective-wipe',
  'full-wipe',
  'renew-identity',
  'install-profile',
  'remove-profile',
  'sync-declarations',
  'clear-passcode',
  'restart-device',
  'shut-down-device',
  'enable-lost-mode',
  'disable-lost-mode',
  'play-lost-mode-sound',
  'install-app',
  'remove-app',
  'install-provisioning-profile',
  'remove-provisioning-profile',
  'change-settings',
  'rotate-disk-recovery-key',
  'rotate-recovery-lock',
  'clear-recovery-lock',
  'rotate-administrator-password',
  'fetch-activation-lock-bypass-code',
  'clear-activation-lock-bypass-code',
  'update-os',
  'delete-user',
  'rotate-firmware-password',
  'clear-firmware-password',
  'verify-firmware-password',
  'request-logs',
  'platform-command',
] as const;
export type CommandName = (typeof commandNames)[number];

export const commandCatalogue = {
  'lock-device': lockDevice,
  'send-message': sendMessage,
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
  'request-logs': requestLogs,
  'platform-command': platformCommand,
} as const satisfies { [N in CommandName]: { readonly name: N } };

export type CommandParams<N extends CommandName> = ParamsOf<(typeof commandCatalogue)[N]['params']>;

/** A command with its parameters, as queued and as handed to a platform. */
export type Command = {
  [N in CommandName]: { readonly name: N; readonly params: CommandParams<N> };
}[CommandName];

export function isCommandName(value: string): value is CommandName {
  return Object.hasOwn(commandCatalogue, value);
}

/** The definition of one command, as the general type. */
export function commandDefinition(name: CommandName): CommandDefinition {
  return commandCatalogue[name];
}

/**
 * Commands that are looked at once more, under the device's lock, in the moment in which they are handed over: what destroys,
 * and what is asked of corporate devices alone.
 */
export const carefulCommands: readonly CommandName[] = commandNames.filter(
  (name) => commandDefinition(name).destructive || commandDefinition(name).personalPermission !== undefined,
);

/** @throws DomainError `invalid-input` when there is no such command or its parameters are wrong. */
export function parseCommand(name: string, params: unknown): Command {
  if (!isCommandName(name)) {
    throw new DomainError('invalid-input', `There is no command ${JSON.stringify(name.slice(0, 64))}.`);
  }
  return { name, params: commandCatalogue[name].parse(params) } as Command;
}

/** What the audit record says of the parameters; anything not declared is omitted. */
export function auditedParams(command: Command): Record<string, unknown> {
  const { audit } = commandDefinition(command.name);
  const given = command.params as Readonly<Record<string, unknown>>;
  const shown = audit.show.filter((name) => Object.hasOwn(given, name)).map((name) => [name, given[name]]);
  const redacted = audit.redact.filter((name) => Object.hasOwn(given, name)).map((name) => [name, '[given]']);
  return Object.fromEntries([...shown, ...redacted]);
}

/**
 * Parts the parameters into those that may be stored in plain sight and those that must be sealed: everything the audit
 * record may not show.
 */
export function splitParams(command: Command): {
  plain: Record<string, unknown>;
  sealed: Record<string, unknown>;
} {
  const { audit } = commandDefinition(command.name);
  const { plain = [], sealed = [] } = Object.groupBy(Object.entries(command.params), ([name]) =>
    audit.show.includes(name) ? 'plain' : 'sealed',
  );
  return { plain: Object.fromEntries(plain), sealed: Object.fromEntries(sealed) };
}
