// What policies mean for a mail client, in the words of EASProvisionDoc (MS-ASPROV section 2.2.2). What a version has not is left out by
// the codec; what a policy does not demand is said too, because a client keeps what it was told before.
import type { MailPolicy } from '@gatehouse/core/mail/mail-policy.ts';
import type { ProvisionPolicy } from '@gatehouse/protocols/activesync/index.ts';

const mailAges = {
  all: 0,
  'one-day': 1,
  'three-days': 2,
  'one-week': 3,
  'two-weeks': 4,
  'one-month': 5,
} as const;
const calendarAges = { all: 0, 'two-weeks': 4, 'one-month': 5, 'three-months': 6, 'six-months': 7 } as const;
const bluetooth = { off: 0, 'hands-free': 1, on: 2 } as const;
const signatures = { sha1: 0, md5: 1 } as const;
const encryptions = { '3des': 0, des: 1, 'rc2-128': 2, 'rc2-64': 3, 'rc2-40': 4 } as const;
const negotiations = { none: 0, strong: 1, any: 2 } as const;

/** KiB, rounded down, so that a client never gets more than is allowed; -1: whole. */
const kibibytes = (bytes: number | null): number => (bytes === null ? -1 : Math.floor(bytes / 1_024));

export function policyElements(policy: MailPolicy): ProvisionPolicy {
  const { passcode, encryption, attachments, mail, smime, allowed } = policy;
  return {
    DevicePasswordEnabled: passcode.required,
    AlphanumericDevicePasswordRequired: passcode.alphanumeric,
    PasswordRecoveryEnabled: passcode.recovery,
    RequireStorageCardEncryption: encryption.storageCard,
    AttachmentsEnabled: attachments.allowed,
    ...optional('MinDevicePasswordLength', passcode.minimumLength),
    ...optional('MaxInactivityTimeDeviceLock', passcode.maximumInactivity),
    ...optional('MaxDevicePasswordFailedAttempts', passcode.maximumFailedAttempts),
    ...optional('MaxAttachmentSize', attachments.maximumSize),
    AllowSimpleDevicePassword: passcode.simpleAllowed,
    DevicePasswordExpiration: passcode.maximumAge,
    DevicePasswordHistory: passcode.history,
    AllowStorageCard: allowed.storageCard,
    AllowCamera: allowed.camera,
    RequireDeviceEncryption: encryption.device,
    AllowUnsignedApplications: allowed.unsignedApplications,
    AllowUnsignedInstallationPackages: allowed.unsignedPackages,
    ...optional('MinDevicePasswordComplexCharacters', passcode.minimumClasses),
    AllowWiFi: allowed.wifi,
    AllowTextMessaging: allowed.textMessages,
    AllowPOPIMAPEmail: allowed.popImap,
    AllowBluetooth: bluetooth[policy.bluetooth],
    AllowIrDA: allowed.infrared,
    RequireManualSyncWhenRoaming: mail.manualSyncWhenRoaming,
    AllowDesktopSync: allowed.desktopSync,
    MaxCalendarAgeFilter: calendarAges[mail.calendarMaximumAge],
    AllowHTMLEmail: mail.htmlAllowed,
    MaxEmailAgeFilter: mailAges[mail.maximumAge],
    MaxEmailBodyTruncationSize: kibibytes(mail.textTruncation),
    MaxEmailHTMLBodyTruncationSize: kibibytes(mail.htmlTruncation),
    RequireSignedSMIMEMessages: smime.signed,
    RequireEncryptedSMIMEMessages: smime.encrypted,
    RequireSignedSMIMEAlgorithm: signatures[smime.signatureAlgorithm],
    RequireEncryptionSMIMEAlgorithm: encryptions[smime.encryptionAlgorithm],
    AllowSMIMEEncryptionAlgorithmNegotiation: negotiations[smime.negotiation],
    AllowSMIMESoftCerts: smime.softCertificatesAllowed,
    AllowBrowser: allowed.browser,
    AllowConsumerEmail: allowed.consumerMail,
    AllowRemoteDesktop: allowed.remoteDesktop,
    AllowInternetSharing: allowed.internetSharing,
    UnapprovedInROMApplicationList: policy.forbiddenPrograms,
    ApprovedApplicationList: policy.approvedPrograms,
  };
}

/** null: the codec says that there is no limit. */
function optional<Name extends keyof ProvisionPolicy>(
  name: Name,
  value: number | null,
): { readonly [member in Name]?: number } {
  return value === null ? {} : ({ [name]: value } as { readonly [member in Name]?: number });
}
