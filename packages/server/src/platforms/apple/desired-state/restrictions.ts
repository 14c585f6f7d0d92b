// Which restriction is which key of Apple's restrictions payload (RST-01 … RST-07). All are of the kind that combines: the
// strictest setting has won before (POL-09).
import type { SettingName } from '@gatehouse/core/settings/catalogue.ts';

type Restriction = Extract<SettingName, `restrictions.${string}`>;

/** Key and the value it takes when the restriction holds; numbers are the setting's own value. */
export const restrictionKeys = {
  'restrictions.no-camera': { allowCamera: false },
  'restrictions.no-screen-capture': { allowScreenShot: false },
  'restrictions.no-video-calls': { allowVideoConferencing: false },
  'restrictions.no-app-installation': { allowAppInstallation: false },
  'restrictions.no-app-removal': { allowAppRemoval: false },
  'restrictions.no-app-store': { allowUIAppInstallation: false },
  'restrictions.no-unknown-app-sources': { allowEnterpriseAppTrust: false },
  'restrictions.no-browser': { allowSafari: false },
  'restrictions.no-media-store': { allowiTunes: false },
  'restrictions.no-games-service': { allowGameCenter: false },
  'restrictions.no-assistant': { allowAssistant: false },
  'restrictions.no-assistant-while-locked': { allowAssistantWhileLocked: false },
  'restrictions.no-nearby-sharing': { allowAirDrop: false },
  'restrictions.no-cloud-backup': { allowCloudBackup: false },
  'restrictions.no-cloud-documents': { allowCloudDocumentSync: false },
  'restrictions.no-cloud-passwords': { allowCloudKeychainSync: false },
  'restrictions.no-cloud-photos': { allowCloudPhotoLibrary: false },
  'restrictions.no-managed-app-cloud': { allowManagedAppsCloudSync: false },
  'restrictions.encrypted-backup': { forceEncryptedBackup: true },
  'restrictions.no-work-to-private': { allowOpenFromManagedToUnmanaged: false },
  'restrictions.no-private-to-work': { allowOpenFromUnmanagedToManaged: false },
  'restrictions.no-explicit-content': { allowExplicitContent: false },
  'restrictions.no-password-autofill': { allowPasswordAutoFill: false },
  'restrictions.no-password-sharing': { allowPasswordSharing: false },
  'restrictions.no-passcode-change': { allowPasscodeModification: false },
  'restrictions.no-notifications-while-locked': { allowLockScreenNotificationsView: false },
  'restrictions.no-account-changes': { allowAccountModification: false },
  'restrictions.no-profile-installation': { allowUIConfigurationProfileInstallation: false },
  'restrictions.no-reset': { allowEraseContentAndSettings: false },
  'restrictions.no-computer-pairing': { allowHostPairing: false },
  'restrictions.no-untrusted-certificates': { allowUntrustedTLSPrompt: false },
  'restrictions.no-diagnostics': { allowDiagnosticSubmission: false },
  'restrictions.no-vpn-creation': { allowVPNCreation: false },
  'restrictions.maximum-app-rating': 'ratingApps',
  'restrictions.maximum-film-rating': 'ratingMovies',
} as const satisfies Record<Restriction, string | Readonly<Record<string, boolean>>>;

export const restrictionNames = Object.keys(restrictionKeys) as readonly Restriction[];

/** @returns the key with its value; undefined when the setting demands nothing. */
export function restrictionKey(
  name: Restriction,
  value: boolean | number | string | undefined,
): readonly [string, boolean | number] | undefined {
  const key = restrictionKeys[name];
  if (typeof key === 'string') return typeof value === 'number' ? [key, value] : undefined;
  return value === true ? Object.entries(key)[0] : undefined;
}
