/** What each command does to a simulated device. The table names every command that it knows; any other is refused as unknown. */
import { envelope } from '@gatehouse/protocols/cms/index.ts';
import type { AppleCommand } from '@gatehouse/protocols/apple-mdm/index.ts';
import { isDictionary, type PlistDictionary, PlistReal } from '@gatehouse/protocols/plist/index.ts';
import {
  answerCertificateList,
  answerDeviceInformation,
  answerInstalledApps,
  answerManagedApps,
  answerProfileList,
  answerProvisioningProfiles,
  answerSecurityInfo,
  applySettings,
} from './answer-queries.ts';
import { acknowledged, type CommandOutcome, notNow, notUnderstood, refused } from './command-outcome.ts';
import { type DeviceState, eraseDevice, isComputer } from './device-state.ts';
import { bundleIdOf, installManaged } from './managed-apps.ts';
import { readProvisioningProfile } from './provisioning-profile.ts';
import { type ChannelKind, commandProblem } from './schema-check.ts';
import { seededRandom } from '../agent/seeded-random.ts';

/** What a command can reach beyond the device's own state. */
export interface CommandReach {
  /** @throws ProfileRefused */
  installProfile(bytes: Uint8Array): Promise<void>;
  /** False when MDM did not install it, or it is not there. */
  removeProfile(identifier: string): Promise<boolean>;
  /** Declarative management: what the device has, compared with what the tokens say. */
  synchronize(tokens: Uint8Array | undefined): Promise<void>;
}

/** The profile was not taken; the message says why. */
export class ProfileRefused extends Error {
  override readonly name = 'ProfileRefused';
}

type Handler = (
  device: DeviceState,
  payload: PlistDictionary,
  reach: CommandReach,
) => CommandOutcome | Promise<CommandOutcome>;

const mdm = 'MCMDMErrorDomain';
const text = (payload: PlistDictionary, key: string): string | undefined => {
  const value = payload[key];
  return typeof value === 'string' ? value : undefined;
};
const supervisedOnly =
  (handler: Handler): Handler =>
  (device, payload, reach) =>
    device.supervised
      ? handler(device, payload, reach)
      : refused(12_008, mdm, 'The device is not supervised.');
const computerOnly =
  (handler: Handler): Handler =>
  (device, payload, reach) =>
    isComputer(device) ? handler(device, payload, reach) : unknown;

const unknown = refused(12_021, mdm, 'The command is not known to this device.');

const handlers: Readonly<Record<string, Handler>> = {
  DeviceInformation: (device, { Queries }) =>
    acknowledged({ QueryResponses: answerDeviceInformation(device, Queries) }),
  // A phone that nobody has unlocked since it started cannot read this.
  SecurityInfo: (device) =>
    device.locked ? notNow : acknowledged({ SecurityInfo: answerSecurityInfo(device) }),
  ProfileList: (device, { ManagedOnly }) => acknowledged(answerProfileList(device, ManagedOnly === true)),
  InstalledApplicationList: (device, payload) => acknowledged(answerInstalledApps(device, payload)),
  ManagedApplicationList: (device) => acknowledged(answerManagedApps(device)),
  CertificateList: (device) => acknowledged(answerCertificateList(device)),
  ProvisioningProfileList: (device) => acknowledged(answerProvisioningProfiles(device)),
  Restrictions: () => acknowledged({ GlobalRestrictions: { restrictedBool: {}, restrictedValue: {} } }),
  UserList: ({ accounts }) =>
    acknowledged({ Users: [...accounts].map((UserName) => ({ UserName, IsLoggedIn: false })) }),

  async InstallProfile(device, { Payload }, reach) {
    if (device.locked) return notNow;
    if (!(Payload instanceof Uint8Array)) return notUnderstood;
    try {
      await reach.installProfile(Payload);
      return acknowledged();
    } catch (error) {
      if (error instanceof ProfileRefused) return refused(4_001, 'MCInstallationErrorDomain', error.message);
      throw error;
    }
  },
  async RemoveProfile(device, payload, reach) {
    const identifier = text(payload, 'Identifier');
    if (identifier === undefined) return notUnderstood;
    // The MDM profile takes the answer's way with it, so it goes when the answer has arrived.
    if (identifier === device.enrolment?.profileIdentifier)
      return acknowledged({}, async () => void (await reach.removeProfile(identifier)));
    return (await reach.removeProfile(identifier))
      ? acknowledged()
      : refused(12_001, mdm, `The profile ${identifier} is not installed.`);
  },
  async DeclarativeManagement(_device, { Data }, reach) {
    await reach.synchronize(Data instanceof Uint8Array ? Data : undefined);
    return acknowledged();
  },
  InstallProvisioningProfile(device, { ProvisioningProfile }) {
    if (!(ProvisioningProfile instanceof Uint8Array)) return notUnderstood;
    const { uuid, name, expires } = readProvisioningProfile(ProvisioningProfile);
    device.provisioningProfiles.set(uuid, { name, expires });
    return acknowledged();
  },
  RemoveProvisioningProfile(device, payload) {
    return device.provisioningProfiles.delete(text(payload, 'UUID') ?? '')
      ? acknowledged()
      : refused(12_013, mdm, 'There is no such provisioning profile.');
  },

  InstallApplication(device, payload) {
    const { iTunesStoreID: storeId, ManifestURL: manifest } = payload;
    const identifier = text(payload, 'Identifier') ?? bundleIdOf({ storeId, manifest });
    if (device.apps.get(identifier)?.declaredBy !== undefined)
      return refused(12_026, mdm, `The app ${identifier} is managed by a declaration.`);
    installManaged(device, identifier, payload);
    return acknowledged({ Identifier: identifier, State: 'Installing' });
  },
  InstallEnterpriseApplication: computerOnly((device, payload) => {
    installManaged(device, bundleIdOf({ manifest: text(payload, 'ManifestURL') }), payload);
    return acknowledged();
  }),
  RemoveApplication(device, payload) {
    const identifier = text(payload, 'Identifier') ?? '';
    const app = device.apps.get(identifier);
    if (app === undefined || !app.managed || app.declaredBy !== undefined)
      return refused(12_051, mdm, `The app ${identifier} is not managed.`);
    device.apps.delete(identifier);
    return acknowledged();
  },

  DeviceLock(device, payload) {
    if (isComputer(device) && !/^\d{6}$/.test(text(payload, 'PIN') ?? ''))
      return refused(12_008, mdm, 'A computer is locked with a PIN of six digits.');
    device.diary.push('locked');
    return acknowledged(isComputer(device) ? {} : { MessageResult: 'Success', PhoneNumberResult: 'Success' });
  },
  ClearPasscode(device, { UnlockToken }) {
    if (isComputer(device)) return unknown;
    if (!(UnlockToken instanceof Uint8Array) || !Buffer.from(UnlockToken).equals(device.unlockToken))
      return refused(12_027, mdm, 'The unlock token does not open this device.');
    device.passcode = null;
    return acknowledged();
  },
  EraseDevice: (device) => acknowledged({}, () => eraseDevice(device)),
  EnableLostMode: supervisedOnly((device, payload) => {
    device.lostMode = {
      message: text(payload, 'Message') ?? '',
      phoneNumber: text(payload, 'PhoneNumber') ?? '',
      footnote: text(payload, 'Footnote') ?? '',
    };
    return acknowledged();
  }),
  DisableLostMode: supervisedOnly((device) => {
    if (device.lostMode === null) return refused(12_069, mdm, 'The device is not in lost mode.');
    device.lostMode = null;
    return acknowledged();
  }),
  DeviceLocation: supervisedOnly((device) => {
    if (device.lostMode === null) return refused(12_067, mdm, 'The device is not in lost mode.');
    return acknowledged({
      Latitude: new PlistReal(device.place.latitude),
      Longitude: new PlistReal(device.place.longitude),
      HorizontalAccuracy: new PlistReal(12),
      VerticalAccuracy: new PlistReal(8),
      Altitude: new PlistReal(410),
      Speed: new PlistReal(-1),
      Course: new PlistReal(-1),
      Timestamp: new Date().toISOString(),
    });
  }),
  PlayLostModeSound: supervisedOnly((device) => {
    if (device.lostMode === null) return refused(12_067, mdm, 'The device is not in lost mode.');
    device.diary.push('sounded');
    return acknowledged();
  }),
  RestartDevice(device) {
    if (!isComputer(device) && !device.supervised)
      return refused(12_008, mdm, 'The device is not supervised.');
    device.diary.push('restarted');
    return acknowledged();
  },
  ShutDownDevice(device) {
    if (!isComputer(device) && !device.supervised)
      return refused(12_008, mdm, 'The device is not supervised.');
    device.diary.push('shut down');
    return acknowledged();
  },
  Settings: (device, { Settings }) => acknowledged(applySettings(device, Settings)),
  DeviceConfigured: (device) => {
    device.diary.push('configured');
    return acknowledged();
  },

  RotateFileVaultKey: computerOnly((device, { ReplyEncryptionCertificate }) => {
    if (!device.fileVault.enabled) return refused(12_080, mdm, 'FileVault is not on.');
    if (!(ReplyEncryptionCertificate instanceof Uint8Array)) return notUnderstood;
    const key = (
      seededRandom(`${device.fileVault.recoveryKey}`).hex(24).toUpperCase().match(/.{4}/g) ?? []
    ).join('-');
    device.fileVault = { enabled: true, recoveryKey: key };
    return acknowledged({
      RotateResult: {
        EncryptedNewRecoveryKey: envelope({
          content: Buffer.from(key),
          recipient: ReplyEncryptionCertificate,
        }),
      },
    });
  }),
  SetRecoveryLock: computerOnly((device, payload) => {
    if (device.recoveryLock !== null && text(payload, 'CurrentPassword') !== device.recoveryLock)
      return refused(12_081, mdm, 'The current password is another.');
    const password = text(payload, 'NewPassword') ?? '';
    device.recoveryLock = password === '' ? null : password;
    return acknowledged();
  }),
  VerifyRecoveryLock: computerOnly((device, payload) =>
    acknowledged({ PasswordVerified: text(payload, 'Password') === device.recoveryLock }),
  ),
  SetFirmwarePassword: computerOnly((device, payload) => {
    if (device.firmwarePassword !== null && text(payload, 'CurrentPassword') !== device.firmwarePassword)
      return acknowledged({ SetFirmwarePassword: { PasswordChanged: false } });
    const password = text(payload, 'NewPassword') ?? '';
    device.firmwarePassword = password === '' ? null : password;
    return acknowledged({ SetFirmwarePassword: { PasswordChanged: true } });
  }),
  VerifyFirmwarePassword: computerOnly((device, payload) =>
    acknowledged({
      VerifyFirmwarePassword: { PasswordVerified: text(payload, 'Password') === device.firmwarePassword },
    }),
  ),
  DeleteUser: (device, payload) =>
    device.accounts.delete(text(payload, 'UserName') ?? '')
      ? acknowledged()
      : refused(12_070, mdm, 'There is no such user.'),
  SetAutoAdminPassword: computerOnly((device, payload) => {
    if (!(payload.passwordHash instanceof Uint8Array)) return notUnderstood;
    device.diary.push('administrator password set');
    return acknowledged();
  }),
  ActivationLockBypassCode: supervisedOnly((device) =>
    acknowledged(
      device.activationLockBypassCode === null
        ? {}
        : { ActivationLockBypassCode: device.activationLockBypassCode },
    ),
  ),
  ClearActivationLockBypassCode: supervisedOnly((device) => {
    device.activationLockBypassCode = null;
    return acknowledged();
  }),
};

export const knownRequestTypes: readonly string[] = Object.keys(handlers);

/** In lost mode a device takes only what ends it, finds it or erases it. */
const allowedInLostMode = new Set([
  'DeviceInformation',
  'DeviceLocation',
  'DisableLostMode',
  'EnableLostMode',
  'EraseDevice',
  'PlayLostModeSound',
  'RestartDevice',
  'ShutDownDevice',
]);

export async function carryOut(
  device: DeviceState,
  command: AppleCommand,
  reach: CommandReach,
  channel: ChannelKind = 'device',
): Promise<CommandOutcome> {
  const { requestType, payload } = command;
  const handler = Object.hasOwn(handlers, requestType) ? handlers[requestType] : undefined;
  if (handler === undefined) return unknown;
  const problem = commandProblem(command, device, channel);
  if (problem !== undefined) return { ...notUnderstood, errors: refused(12_001, mdm, problem).errors };
  if (device.lostMode !== null && !allowedInLostMode.has(requestType)) return notNow;
  const outcome = await handler(device, isDictionary(payload) ? payload : {}, reach);
  return outcome;
}
