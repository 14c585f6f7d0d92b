/** What a device tells of itself when it is asked: device information, security, profiles, apps, certificates. */
import { envelope } from '@gatehouse/protocols/cms/index.ts';
import {
  isDictionary,
  type PlistDictionary,
  PlistReal,
  type PlistValue,
} from '@gatehouse/protocols/plist/index.ts';
import { type DeviceState, isComputer } from './device-state.ts';
import { configureManaged } from './managed-apps.ts';

type Query = (device: DeviceState) => PlistValue | undefined;

/** With the spaces that devices put into it. */
export function printedImei(imei: string): string {
  return imei.replace(/^(..)(.{6})(.{6})/, '$1 $2 $3 ');
}

const radio = (device: DeviceState): boolean => device.imei !== null;

/** Keys of DeviceInformation. A key that this device does not have is left out, as real ones do. */
const queries: Readonly<Record<string, Query>> = {
  UDID: ({ udid }) => udid,
  DeviceName: ({ name }) => name,
  OSVersion: ({ systemVersion }) => systemVersion,
  BuildVersion: ({ build }) => build,
  ModelName: ({ model }) => model.modelName,
  Model: ({ model }) => model.partNumber,
  ProductName: ({ model }) => model.product,
  SerialNumber: ({ serialNumber }) => serialNumber,
  DeviceCapacity: ({ model }) => new PlistReal(model.capacityGigabytes),
  AvailableDeviceCapacity: ({ model }) => new PlistReal(model.capacityGigabytes * 0.6),
  BatteryLevel: (device) => (device.model.family === 'apple-tv' ? undefined : device.batteryLevel),
  WiFiMAC: ({ wifiMac }) => wifiMac,
  BluetoothMAC: ({ bluetoothMac }) => bluetoothMac,
  EthernetMAC: ({ ethernetMac }) => ethernetMac ?? undefined,
  IMEI: ({ imei }) => (imei === null ? undefined : printedImei(imei)),
  EASDeviceIdentifier: ({ mailId }) => mailId ?? undefined,
  IsSupervised: ({ supervised }) => supervised,
  IsDeviceLocatorServiceEnabled: () => false,
  IsActivationLockEnabled: () => false,
  IsDoNotDisturbInEffect: () => false,
  IsCloudBackupEnabled: () => false,
  IsMDMLostModeEnabled: (device) => (isComputer(device) ? undefined : device.lostMode !== null),
  IsRoaming: (device) => (radio(device) ? false : undefined),
  DataRoamingEnabled: (device) =>
    radio(device) ? device.settings.get('DataRoaming')?.Enabled === true : undefined,
  CellularTechnology: (device) => (radio(device) ? 3 : undefined),
  HostName: (device) => (isComputer(device) ? `${device.name.replaceAll(' ', '-')}.local` : undefined),
  LocalHostName: (device) => (isComputer(device) ? device.name.replaceAll(' ', '-') : undefined),
  SystemIntegrityProtectionEnabled: (device) => (isComputer(device) ? true : undefined),
  HasBattery: (device) => (isComputer(device) ? true : undefined),
  SoftwareUpdateDeviceID: ({ model }) => model.product,
  TimeZone: () => 'Europe/Zurich',
  IsAppleSilicon: (device) => (isComputer(device) ? true : undefined),
  AwaitingConfiguration: () => false,
  ServiceSubscriptions: (device) =>
    radio(device)
      ? [
          {
            CarrierSettingsVersion: '61.0',
            CurrentCarrierNetwork: 'Swisscom',
            CurrentMCC: '228',
            CurrentMNC: '01',
            ICCID: '8941010000000000000',
            IMEI: printedImei(device.imei ?? ''),
            IsDataPreferred: true,
            IsRoaming: false,
            IsVoicePreferred: true,
            Label: 'Primary',
            PhoneNumber: '+41790000000',
            Slot: 'CTSubscriptionSlotOne',
          },
        ]
      : undefined,
};

export function answerDeviceInformation(device: DeviceState, asked: PlistValue | undefined): PlistDictionary {
  const names = Array.isArray(asked)
    ? asked.filter((name) => typeof name === 'string')
    : Object.keys(queries);
  const answers: Record<string, PlistValue> = {};
  for (const name of names) {
    const value = Object.hasOwn(queries, name) ? queries[name]?.(device) : undefined;
    if (value !== undefined) answers[name] = value;
  }
  return answers;
}

export function answerSecurityInfo(device: DeviceState): PlistDictionary {
  const management = {
    EnrolledViaDEP: false,
    UserApprovedEnrollment: true,
    IsUserEnrollment: false,
    IsActivationLockManageable: device.supervised,
  };
  if (!isComputer(device)) {
    const rules = passcodeRules(device);
    return {
      HardwareEncryptionCaps: 3,
      PasscodePresent: device.passcode !== null,
      PasscodeCompliant: meets(device.passcode, rules),
      PasscodeCompliantWithProfiles: meets(device.passcode, rules),
      PasscodeLockGracePeriod: 0,
      PasscodeLockGracePeriodEnforced: 0,
      AutoLockTime: 120,
      ManagementStatus: management,
    };
  }
  const escrowed = escrowedRecoveryKey(device);
  return {
    FDE_Enabled: device.fileVault.enabled,
    FDE_HasPersonalRecoveryKey: device.fileVault.recoveryKey !== null,
    FDE_HasInstitutionalRecoveryKey: false,
    ...(escrowed === undefined
      ? {}
      : { FDE_PersonalRecoveryKeyCMS: escrowed, FDE_PersonalRecoveryKeyDeviceKey: device.serialNumber }),
    SystemIntegrityProtectionEnabled: true,
    FirewallSettings: {
      FirewallEnabled: device.firewall,
      BlockAllIncoming: false,
      StealthMode: false,
      Applications: [],
    },
    SecureBoot: { SecureBootLevel: 'full', ExternalBootLevel: 'disallowed' },
    RemoteDesktopEnabled: device.settings.has('RemoteDesktop'),
    AuthenticatedRootVolumeEnabled: true,
    BootstrapTokenAllowedForAuthentication: 'not supported',
    IsRecoveryLockEnabled: device.recoveryLock !== null,
    PasscodePresent: device.passcode !== null,
    ManagementStatus: management,
  };
}

/** The recovery key for whoever a profile names: enveloped to the certificate of the same profile. */
function escrowedRecoveryKey(device: DeviceState): Uint8Array | undefined {
  const { recoveryKey } = device.fileVault;
  if (recoveryKey === null) return undefined;
  for (const { payloads } of device.profiles.values()) {
    const escrow = payloads.find(
      ({ PayloadType }) => PayloadType === 'com.apple.security.FDERecoveryKeyEscrow',
    );
    const holder = payloads.find(({ PayloadUUID }) => PayloadUUID === escrow?.EncryptCertPayloadUUID);
    if (escrow !== undefined && holder?.PayloadContent instanceof Uint8Array)
      return envelope({ content: Buffer.from(recoveryKey), recipient: holder.PayloadContent });
  }
  return undefined;
}

interface PasscodeRules {
  readonly required: boolean;
  readonly minimumLength: number;
}

/** The strictest of all profiles and declarations with passcode rules. */
export function passcodeRules(device: DeviceState): PasscodeRules {
  const rules = { required: false, minimumLength: 0 };
  for (const { payloads } of device.profiles.values()) {
    for (const payload of payloads) {
      if (payload.PayloadType !== 'com.apple.mobiledevice.passwordpolicy') continue;
      if (payload.forcePIN === true) rules.required = true;
      if (typeof payload.minLength === 'number')
        rules.minimumLength = Math.max(rules.minimumLength, payload.minLength);
    }
  }
  for (const { type, payload } of device.declarations.values()) {
    if (type !== 'com.apple.configuration.passcode.settings') continue;
    if (payload.RequirePasscode === true) rules.required = true;
    if (typeof payload.MinimumLength === 'number')
      rules.minimumLength = Math.max(rules.minimumLength, payload.MinimumLength);
  }
  return rules;
}

export function meets(passcode: string | null, { required, minimumLength }: PasscodeRules): boolean {
  return passcode === null ? !required : passcode.length >= minimumLength;
}

export function answerProfileList(device: DeviceState, managedOnly: boolean): PlistDictionary {
  const shown = [...device.profiles.values()].filter(({ managed }) => managed || !managedOnly);
  return {
    ProfileList: shown.map((profile) => ({
      PayloadDisplayName: profile.displayName,
      PayloadIdentifier: profile.identifier,
      PayloadUUID: profile.uuid,
      PayloadVersion: 1,
      PayloadRemovalDisallowed: profile.removalDisallowed,
      HasRemovalPasscode: false,
      IsEncrypted: false,
      IsManaged: profile.managed,
      PayloadContent: profile.payloads.map(({ PayloadType, PayloadIdentifier, PayloadUUID }) => ({
        PayloadType: PayloadType ?? '',
        PayloadIdentifier: PayloadIdentifier ?? '',
        PayloadUUID: PayloadUUID ?? '',
        PayloadVersion: 1,
      })),
      SignerCertificates: [],
    })),
  };
}

export function answerInstalledApps(device: DeviceState, asked: PlistDictionary): PlistDictionary {
  const { Identifiers: identifiers, ManagedAppsOnly: managedOnly } = asked;
  const wanted = Array.isArray(identifiers) ? new Set(identifiers) : undefined;
  const shown = [...device.apps.values()].filter(
    (app) => (wanted?.has(app.identifier) ?? true) && (app.managed || managedOnly !== true),
  );
  return {
    InstalledApplicationList: shown.map(({ identifier, name, version, bytes }) => ({
      Identifier: identifier,
      Name: name,
      Version: version,
      ShortVersion: version,
      BundleSize: bytes,
      DynamicSize: 0,
      Installing: false,
    })),
  };
}

export function answerManagedApps(device: DeviceState): PlistDictionary {
  const managed = [...device.apps.values()].filter((app) => app.managed);
  return {
    ManagedApplicationList: Object.fromEntries(
      managed.map(({ identifier, status = 'Managed', stays, configuration }) => [
        identifier,
        {
          Status: status,
          ManagementFlags: stays === true ? 0 : 1,
          UnusedRedemptionCode: '',
          HasConfiguration: configuration !== undefined,
          HasFeedback: false,
          IsValidated: true,
        },
      ]),
    ),
  };
}

export function answerCertificateList(device: DeviceState): PlistDictionary {
  return {
    CertificateList: [...device.certificates.values()].map(({ commonName, der, isIdentity }) => ({
      CommonName: commonName,
      Data: der,
      IsIdentity: isIdentity,
    })),
  };
}

export function answerProvisioningProfiles(device: DeviceState): PlistDictionary {
  return {
    ProvisioningProfileList: [...device.provisioningProfiles].map(([uuid, { name, expires }]) => ({
      UUID: uuid,
      Name: name,
      ExpiryDate: expires,
    })),
  };
}

/** Each item has a status of its own: that the command was taken does not mean that all of it worked. */
export function applySettings(device: DeviceState, settings: PlistValue | undefined): PlistDictionary {
  const items = Array.isArray(settings) ? settings.filter((item) => isDictionary(item)) : [];
  return {
    Settings: items.map((item) => {
      const name = typeof item.Item === 'string' ? item.Item : '';
      const needsSupervision = ['DeviceName', 'Wallpaper', 'Bluetooth', 'PersonalHotspot'].includes(name);
      const problem =
        needsSupervision && !device.supervised && !isComputer(device)
          ? 'The device is not supervised.'
          : name === 'ApplicationConfiguration'
            ? configureManaged(device, item)
            : undefined;
      if (problem !== undefined) {
        return {
          Item: name,
          Status: 'Error',
          ErrorChain: [{ ErrorCode: 12_008, ErrorDomain: 'MCMDMErrorDomain', LocalizedDescription: problem }],
        };
      }
      device.settings.set(name, item);
      if (name === 'DeviceName' && typeof item.DeviceName === 'string') device.name = item.DeviceName;
      return { Item: name, Status: 'Acknowledged' };
    }),
  };
}
