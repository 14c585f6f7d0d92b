// The lists that a device gives (SCN-03 … SCN-05) as facts: bounded, and whatever in them cannot be read is passed over.
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import type { PlistDictionary } from '@gatehouse/protocols/plist/index.ts';
import { parseCertificate } from '@gatehouse/protocols/x509/index.ts';
import {
  bytesOf,
  booleanOf,
  dateOf,
  dictionariesOf,
  dictionaryOf,
  numberOf,
  textOf,
} from '../commands/response.ts';
import { isOurs } from '../desired-state/identifiers.ts';
import { enrollmentProfileIdentifier } from '../enrollment/enrollment-profile.ts';
import type { SaidFacts } from './device-information.ts';

const mostProfiles = 1_000;
const mostManagedApps = 5_000;
const mostApps = 20_000;

/** Undefined when it is no list at all. */
export function profileFacts(answer: PlistDictionary): SaidFacts | undefined {
  if (!Array.isArray(answer.ProfileList)) return undefined;
  const profiles = dictionariesOf(answer, 'ProfileList')
    .slice(0, mostProfiles)
    .flatMap((profile) => {
      const id = textOf(profile, 'PayloadIdentifier', 256);
      if (id === undefined) return [];
      const kinds = new Set(
        dictionariesOf(profile, 'PayloadContent').map((payload) => textOf(payload, 'PayloadType', 64)),
      );
      const [kind = 'Configuration'] = kinds;
      return [
        {
          id,
          name: textOf(profile, 'PayloadDisplayName', 256) ?? id,
          kind: kinds.size === 1 ? kind : 'Configuration',
          // A Mac does not say; there it is told by the name.
          managed: booleanOf(profile, 'IsManaged') ?? (isOurs(id) || id === enrollmentProfileIdentifier),
          source: textOf(profile, 'PayloadOrganization', 128) ?? '',
        },
      ];
    });
  return { 'profiles.installed': profiles };
}

export function provisioningFacts(answer: PlistDictionary): SaidFacts {
  const profiles = dictionariesOf(answer, 'ProvisioningProfileList')
    .slice(0, mostProfiles)
    .flatMap((profile) => {
      const id = textOf(profile, 'UUID', 64);
      const end = dateOf(profile, 'ExpiryDate');
      return id === undefined
        ? []
        : [
            {
              id,
              name: textOf(profile, 'Name', 256) ?? '',
              ...(end === undefined ? {} : { expiresAt: end.toISOString() }),
            },
          ];
    });
  return { 'provisioning-profiles.installed': profiles };
}

interface InstalledApp {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly source: string;
}

export function installedApps(answer: PlistDictionary): readonly InstalledApp[] {
  return dictionariesOf(answer, 'InstalledApplicationList')
    .slice(0, mostApps)
    .flatMap((app) => {
      const id = textOf(app, 'Identifier', 256);
      const name = textOf(app, 'Name', 256) ?? id;
      return name === undefined
        ? []
        : [
            {
              id: id ?? name,
              name,
              version: textOf(app, 'ShortVersion', 128) ?? textOf(app, 'Version', 128) ?? '',
              source: sourceOf(app),
            },
          ];
    });
}

function sourceOf(app: PlistDictionary): string {
  if (booleanOf(app, 'BetaApp') === true) return 'testflight';
  if (booleanOf(app, 'AdHocCodeSigned') === true) return 'ad-hoc';
  if (booleanOf(app, 'AppStoreVendable') === true) return 'app-store';
  return textOf(app, 'Source', 64) ?? '';
}

export interface ManagedApp {
  readonly id: string;
  readonly status: string;
  readonly name?: string;
  readonly version?: string;
  /** It was installed so that it stays when management ends; absent: it goes. */
  readonly stays?: true;
}

const removedWithManagement = 1;

/** @param known names and versions, from the list that was asked before. */
export function managedApps(
  answer: PlistDictionary,
  known: ReadonlyMap<string, { readonly name?: string; readonly version?: string }>,
): readonly ManagedApp[] {
  const list = dictionaryOf(answer, 'ManagedApplicationList') ?? {};
  return Object.keys(list)
    .slice(0, mostManagedApps)
    .flatMap((id) => {
      const told = dictionaryOf(list, id) ?? {};
      const status = textOf(told, 'Status', 64);
      if (status === undefined || id === '') return [];
      const flags = numberOf(told, 'ManagementFlags');
      const stays = flags !== undefined && Math.trunc(flags) % 2 !== removedWithManagement;
      const { name, version } = known.get(id) ?? {};
      return [
        {
          id: id.slice(0, 256),
          status,
          ...(name === undefined ? {} : { name }),
          ...(version === undefined || version === '' ? {} : { version }),
          ...(stays ? { stays } : {}),
        },
      ];
    });
}

export function certificateFacts(answer: PlistDictionary): SaidFacts {
  const certificates = dictionariesOf(answer, 'CertificateList')
    .slice(0, 1_000)
    .flatMap((each) => {
      const der = bytesOf(each, 'Data');
      const read = der && readCertificate(der);
      return read === undefined
        ? []
        : [{ ...read, store: booleanOf(each, 'IsIdentity') === true ? 'identity' : 'certificate' }];
    });
  return { 'certificates.installed': certificates };
}

function readCertificate(der: Uint8Array) {
  try {
    const { fingerprint, subject, issuer, notAfter } = parseCertificate(der);
    return {
      sha256: fingerprint,
      subject: subject.text.slice(0, 1_024),
      issuer: issuer.text.slice(0, 1_024),
      notAfter: new Date(notAfter).toISOString(),
    };
  } catch (error) {
    if (!(error instanceof DecodeError) && !(error instanceof RangeError)) throw error;
    return undefined;
  }
}
