/**
 * What the code cannot say of itself about how we speak Apple's protocol: a sentence for each message, command and type that we
 * write. What is missing here does not compile or is named by the check.
 */
import type { CommandName } from '@gatehouse/core/commands/catalogue.ts';
import type { CheckInType } from '@gatehouse/protocols/apple-mdm/index.ts';

/** partly: the remark says what is left out. */
export type State = 'works' | 'partly';

export interface Remark {
  readonly state: State;
  readonly says: string;
}

const works = (says: string): Remark => ({ state: 'works', says });
const partly = (says: string): Remark => ({ state: 'partly', says });

export const checkInRemarks: { readonly [T in CheckInType]: Remark } = {
  Authenticate: works(
    'says who the device is. A certificate that was issued for an enrolment starts it over, a renewed one does not; hardware that is blocked is refused',
  ),
  TokenUpdate: works(
    'where the channel is reached. The first opens it, and the device is called; user channels of Mac and Shared iPad begin here',
  ),
  CheckOut: works('the device is unmanaged with the answer; of a user, that channel alone ends'),
  UserAuthenticate: partly(
    '410, or an empty challenge where the setting `apple.networkUsers` is on; no digest, for which we would keep passwords',
  ),
  SetBootstrapToken: works(
    'kept sealed; an empty one makes us forget it; a signed one that comes again brings nothing back',
  ),
  GetBootstrapToken: works('given back to the device’s own channel alone, on record'),
  GetToken: partly('400: no service makes tokens yet'),
  DeclarativeManagement: works(
    '`tokens`, `declaration-items`, `declaration/…`, `status`; 404 for a declaration that is gone',
  ),
  ReturnToService: partly('always “no”: a wipe that returns to service brings what it needs with it'),
};

export interface CommandRemark extends Remark {
  /** RequestTypes in the order in which they are sent. */
  readonly sends: readonly string[];
}

const sends = (sent: readonly string[], says: string, state: State = 'works'): CommandRemark => ({
  state,
  sends: sent,
  says,
});

export const commandRemarks: { readonly [N in CommandName]: CommandRemark | undefined } = {
  'lock-device': sends(['DeviceLock'], 'a Mac’s six digits are in escrow before it has them'),
  // Apple devices have no message but the one on the lock screen.
  'send-message': undefined,
  'refresh-device': sends(
    [
      'DeviceInformation',
      'ProfileList',
      'ProvisioningProfileList',
      'InstalledApplicationList',
      'ManagedApplicationList',
      'CertificateList',
      'SecurityInfo',
    ],
    'answers become facts; asked is what system, rights and privacy settings allow',
  ),
  'locate-device': sends(['DeviceLocation'], 'in lost mode; the place is sealed and shown by right'),
  'selective-wipe': sends(
    ['RemoveApplication', 'RemoveProfile'],
    'each managed app but those that are to stay, then the enrolment profile; an app that is gone holds nothing up',
  ),
  'full-wipe': sends(
    ['EraseDevice'],
    'a Mac’s PIN in escrow first; return to service, with a Wi-Fi resource as profile, after automated enrolment only',
  ),
  'renew-identity': sends(['InstallProfile'], 'the enrolment profile again, with a fresh challenge'),
  'install-profile': sends(
    ['InstallProfile', 'InstallProvisioningProfile'],
    'what the device should have under that identifier, read when it is handed over',
  ),
  'remove-profile': sends(
    ['RemoveProfile', 'RemoveProvisioningProfile'],
    'ours alone: profiles of others are never touched',
  ),
  'sync-declarations': sends(['DeclarativeManagement'], 'with the tokens, so that nothing new ends it'),
  'clear-passcode': sends(['ClearPasscode'], 'with the unlock token that the device gave'),
  'restart-device': sends(['RestartDevice'], ''),
  'shut-down-device': sends(['ShutDownDevice'], ''),
  'enable-lost-mode': sends(['EnableLostMode'], 'becomes a fact'),
  'disable-lost-mode': sends(['DisableLostMode'], 'becomes a fact'),
  'play-lost-mode-sound': sends(['PlayLostModeSound'], ''),
  'install-app': sends(
    ['InstallApplication', 'InstallEnterpriseApplication', 'Settings'],
    'from the store by number or identifier, by a manifest’s address, or as a resource says; where that changes the configuration alone, only this is sent; licences of Apps and Books are not assigned yet',
    'partly',
  ),
  'remove-app': sends(['RemoveApplication'], ''),
  'install-provisioning-profile': sends(['InstallProvisioningProfile'], ''),
  'remove-provisioning-profile': sends(['RemoveProvisioningProfile'], ''),
  'change-settings': sends(
    ['Settings'],
    'names, time zone, radios, roaming, diagnostics, wallpaper, activation lock, each with its own result; other items by `platform-command`',
    'partly',
  ),
  'rotate-disk-recovery-key': sends(
    ['RotateFileVaultKey'],
    'the new key comes enveloped to the organization and goes into escrow',
  ),
  'rotate-recovery-lock': sends(
    ['SetRecoveryLock', 'VerifyRecoveryLock'],
    'in escrow first, then set, then verified',
  ),
  'clear-recovery-lock': sends(['SetRecoveryLock'], ''),
  'rotate-administrator-password': sends(['SetAutoAdminPassword'], 'in escrow first; the Mac gets the hash'),
  'fetch-activation-lock-bypass-code': sends(
    ['ActivationLockBypassCode'],
    'into escrow; an empty answer changes nothing',
  ),
  'clear-activation-lock-bypass-code': sends(['ClearActivationLockBypassCode'], ''),
  'update-os': sends(
    ['ScheduleOSUpdate'],
    'where the system knows it a declaration with the time until which its user may choose, part of what the device should have; otherwise this order, below version 26',
  ),
  'delete-user': sends(['DeleteUser'], 'under the same guard as a wipe; the device stays managed'),
  'rotate-firmware-password': sends(['SetFirmwarePassword'], 'in escrow first; Macs with an Intel processor'),
  'clear-firmware-password': sends(['SetFirmwarePassword'], ''),
  'verify-firmware-password': sends(['VerifyFirmwarePassword'], 'the one in escrow, or one that is given'),
  // Apple has no command that hands logs over.
  'request-logs': undefined,
  // Its own column.
  'platform-command': undefined,
};

export interface TypeRemark extends Remark {
  /** The setting, resource or occasion. */
  readonly from: string;
}

const by = (from: string, says = '', state: State = 'works'): TypeRemark => ({ from, says, state });

/** By PayloadType. */
export const payloadRemarks: Readonly<Record<string, TypeRemark>> = {
  'com.apple.mdm': by('the enrolment profile', 'and never in a resource'),
  'com.apple.security.scep': by('resource `scep`; the enrolment profile'),
  'com.apple.security.root': by('resource `certificate`; the enrolment profile'),
  'com.apple.security.pkcs12': by('resource `identity`'),
  'com.apple.security.pkcs1': by(
    'setting `encryption.required` on a Mac',
    'to whom recovery keys are enveloped',
  ),
  'com.apple.security.FDERecoveryKeyEscrow': by('setting `encryption.required` on a Mac'),
  'com.apple.MCX.FileVault2': by('setting `encryption.required` on a Mac', 'begun at the next sign-out'),
  'com.apple.MCX': by(
    'setting `encryption.required` on a Mac',
    '`dontAllowFDEDisable`; its other schemas by `custom-profile`',
    'partly',
  ),
  'com.apple.mobiledevice.passwordpolicy': by(
    'settings `passcode.*`, `screen-lock.*`',
    'where there is no declaration',
  ),
  'com.apple.applicationaccess': by('settings `restrictions.*`', 'see the count below the table', 'partly'),
  'com.apple.wifi.managed': by('resource `wifi`', 'without Hotspot 2.0 and quality of service', 'partly'),
  'com.apple.vpn.managed': by(
    'resource `vpn`',
    'AnyConnect, Cisco IPsec and IKEv2; without L2TP, other vendors’ plug-ins and always-on',
    'partly',
  ),
  'com.apple.cellular': by('resource `cellular`'),
  'com.apple.proxy.http.global': by('resource `global-http-proxy`'),
  'com.apple.eas.account': by(
    'resource `exchange`',
    'where the declaration cannot say it; without S/MIME',
    'partly',
  ),
  'com.apple.mail.managed': by(
    'resource `mail`',
    'where the declaration cannot say it; without S/MIME',
    'partly',
  ),
  'com.apple.caldav.account': by('resource `caldav`', 'where the declaration cannot say it'),
  'com.apple.carddav.account': by('resource `carddav`', 'where the declaration cannot say it'),
  'com.apple.ldap.account': by('resource `ldap`', 'where the declaration cannot say it'),
  'com.apple.subscribedcalendar.account': by(
    'resource `subscribed-calendar`',
    'where the declaration cannot say it',
  ),
  'com.apple.webClip.managed': by('resource `web-clip`'),
};

/** By declaration type. */
export const declarationRemarks: Readonly<Record<string, TypeRemark>> = {
  'com.apple.activation.simple': by(
    'every configuration',
    'one each, so that none takes another with it; no predicates',
    'partly',
  ),
  'com.apple.asset.credential.userpassword': by(
    'resources with accounts',
    'fetched over the device’s own connection',
  ),
  'com.apple.asset.credential.certificate': by('resource `certificate`'),
  'com.apple.asset.data': by('resource `managed-app`', 'the configuration of the app'),
  'com.apple.asset.useridentity': by('resources `exchange`, `mail`'),
  'com.apple.configuration.account.caldav': by(
    'resource `caldav`',
    'when encrypted, with both name and password or neither',
  ),
  'com.apple.configuration.account.carddav': by('resource `carddav`', 'likewise'),
  'com.apple.configuration.account.ldap': by('resource `ldap`', 'likewise'),
  'com.apple.configuration.account.subscribed-calendar': by('resource `subscribed-calendar`', 'likewise'),
  'com.apple.configuration.account.exchange': by(
    'resource `exchange`',
    'when messages may be moved, without Windows domain and certificate; without S/MIME',
    'partly',
  ),
  'com.apple.configuration.account.mail': by(
    'resource `mail`',
    'when messages may be moved, all encrypted; without S/MIME',
    'partly',
  ),
  'com.apple.configuration.app.managed': by(
    'resource `managed-app`',
    'store or manifest, with configuration; apps that are to stay, or that no licence of the organization covers, come by command; no attributes of the app',
    'partly',
  ),
  'com.apple.configuration.security.certificate': by('resource `certificate`'),
  'com.apple.configuration.passcode.settings': by('settings `passcode.*`, `screen-lock.*`'),
  'com.apple.configuration.softwareupdate.enforcement.specific': by(
    'settings `os.minimum-version.*`; command `update-os`',
    'at least a day from the first time it was wanted',
  ),
  'com.apple.configuration.management.status-subscriptions': by('every channel'),
  'com.apple.management.organization-info': by('every channel'),
};
