// SecurityInfo in facts. What the system itself does not say is not made up; signs of tampering are collected and shown.
import type { PlistDictionary } from '@gatehouse/protocols/plist/index.ts';
import type { AppleTarget } from '../apple-target.ts';
import { booleanOf, dictionaryOf, numberOf, textOf } from '../commands/response.ts';
import { type SaidFacts, stated } from './device-information.ts';

/** Block and file encryption by the hardware: every genuine phone and tablet has both. */
const bothEncryptions = 3;
const longestLock = 31_536_000;

/** @param appIds what is known to be installed, for signs of a compromise. */
export function securityFacts(
  info: PlistDictionary,
  target: AppleTarget,
  appIds: ReadonlySet<string>,
): SaidFacts {
  const management = dictionaryOf(info, 'ManagementStatus') ?? {};
  const shared = stated({
    'passcode.compliant': booleanOf(info, 'PasscodeCompliant'),
    'passcode.compliant-with-profiles': booleanOf(info, 'PasscodeCompliantWithProfiles'),
    'management.automated-enrollment': booleanOf(management, 'EnrolledViaDEP'),
    'management.user-approved': booleanOf(management, 'UserApprovedEnrollment'),
    'management.user-enrollment': booleanOf(management, 'IsUserEnrollment'),
  });
  return { ...shared, ...(target.os === 'macOS' ? computerFacts(info) : handheldFacts(info, appIds)) };
}

function handheldFacts(info: PlistDictionary, appIds: ReadonlySet<string>): SaidFacts {
  const capabilities = numberOf(info, 'HardwareEncryptionCaps');
  const passcode = booleanOf(info, 'PasscodePresent');
  const autoLock = numberOf(info, 'AutoLockTime');
  const signs = [
    ...(capabilities === undefined || capabilities === bothEncryptions
      ? []
      : [{ sign: 'hardware-encryption-missing', detail: `HardwareEncryptionCaps ${capabilities}` }]),
    ...jailbreakApps
      .filter((id) => appIds.has(id))
      .map((id) => ({ sign: 'jailbreak-app', detail: `${id} is installed` })),
  ];
  return stated({
    // The keys are protected by the passcode: without one, the hardware's encryption keeps nobody out.
    'storage.encrypted':
      capabilities === undefined ? undefined : capabilities === bothEncryptions && passcode !== false,
    'passcode.set': passcode,
    'screen-lock.enabled': autoLock === undefined ? undefined : autoLock > 0 && autoLock <= longestLock,
    'screen-lock.timeout-seconds':
      autoLock === undefined || autoLock <= 0 || autoLock > longestLock ? undefined : Math.round(autoLock),
    ...(capabilities === undefined
      ? {}
      : { 'integrity.compromised': signs.length > 0, 'integrity.signs': signs }),
  });
}

function computerFacts(info: PlistDictionary): SaidFacts {
  const encrypted = booleanOf(info, 'FDE_Enabled');
  const firewall = dictionaryOf(info, 'FirewallSettings') ?? {};
  const level = textOf(dictionaryOf(info, 'SecureBoot') ?? {}, 'SecureBootLevel', 32);
  const integrity = booleanOf(info, 'SystemIntegrityProtectionEnabled');
  const sealed = booleanOf(info, 'AuthenticatedRootVolumeEnabled');
  const signs = [
    ...(integrity === false
      ? [{ sign: 'system-integrity-protection-off', detail: 'System Integrity Protection is off' }]
      : []),
    ...(sealed === false
      ? [{ sign: 'system-volume-unsealed', detail: 'the system starts from a volume that is not as signed' }]
      : []),
  ];
  const knowsLevel = level !== undefined && level !== 'not supported';
  return stated({
    'storage.encrypted': encrypted,
    'storage.recovery-key':
      booleanOf(info, 'FDE_HasPersonalRecoveryKey') ?? booleanOf(info, 'FDE_HasInstitutionalRecoveryKey'),
    // A Mac says nothing of its passwords; but a disk that FileVault encrypts opens only with one.
    'passcode.set': booleanOf(info, 'PasscodePresent') ?? (encrypted === true ? true : undefined),
    'security.system-integrity': integrity,
    'security.sealed-system-volume': sealed,
    'security.secure-boot-level': knowsLevel ? level : undefined,
    'security.secure-boot': knowsLevel ? level !== 'off' : undefined,
    'security.recovery-lock': booleanOf(info, 'IsRecoveryLockEnabled'),
    'security.remote-desktop': booleanOf(info, 'RemoteDesktopEnabled'),
    'firewall.enabled': booleanOf(firewall, 'FirewallEnabled'),
    'firewall.stealth': booleanOf(firewall, 'StealthMode'),
    'firewall.blocks-incoming': booleanOf(firewall, 'BlockAllIncoming'),
    ...(integrity === undefined
      ? {}
      : { 'integrity.compromised': signs.length > 0, 'integrity.signs': signs }),
  });
}

/** What a device that still has its maker's system cannot have. */
const jailbreakApps = [
  'com.saurik.Cydia',
  'org.coolstar.SileoStore',
  'xyz.willy.Zebra',
  'me.apptapp.installer',
  'com.tigisoftware.Filza',
  'org.coolstar.electra',
  'org.coolstar.odyssey',
  'com.electrateam.chimera',
  'science.xnu.undecimus',
  'kjc.loader',
  'com.opa334.Dopamine',
] as const;
