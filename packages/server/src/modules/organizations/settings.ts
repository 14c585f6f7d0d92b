// The settings that other code asks for, with their defaults.
import { type PortalSettings, portalSettings } from '@gatehouse/core/portal/own-actions.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { selectOrganization } from './queries.ts';

export interface EffectiveSettings {
  readonly secondFactorRequired: boolean;
  readonly tokenMaximumDays: number;
  readonly enrollmentCodeHours: number;
  /** Whether network access controllers may reset devices to factory state (ISE-03). */
  readonly nacFullWipe: boolean;
  /** What certificate requests by SCEP may be encrypted with beside AES (SCEP-04). */
  readonly scepOldCiphers: 'none' | '3des' | 'des';
  /** Whether network and mobile accounts of Macs are managed as users. */
  readonly appleNetworkUsers: boolean;
  /** How long a device that push no longer reaches may keep silent until it counts as out of management. */
  readonly appleSilentDays: number;
  /** The part of the fleet that a change may newly shut out without a simulation or a confirmation (CEL-05). */
  readonly largestUnconfirmedPercent: number;
  /** The domains of the users' mail addresses, in lower case. */
  readonly mailDomains: readonly string[];
  /** Who may sign in on the enrolment page with the mail account (EAS-10), and whether the server may be looked for (ENR-15). */
  readonly mailSignIn: { readonly people: 'none' | 'known' | 'all'; readonly discover: boolean };
  /** What people may do by themselves, and see of others. */
  readonly portal: PortalSettings;
}

const defaultSettings: EffectiveSettings = {
  secondFactorRequired: true,
  tokenMaximumDays: 366,
  enrollmentCodeHours: 72,
  nacFullWipe: false,
  scepOldCiphers: 'none',
  appleNetworkUsers: false,
  appleSilentDays: 14,
  largestUnconfirmedPercent: 10,
  mailDomains: [],
  mailSignIn: { people: 'none', discover: false },
  portal: portalSettings(undefined),
};

/** Stored settings were validated when they were set; a value that no longer fits counts as absent. */
export function effectiveSettings(stored: Readonly<Record<string, unknown>>): EffectiveSettings {
  const { secondFactorRequired, tokenMaximumDays, enrollmentCodeHours, nac, scep, apple, changes } = stored;
  const { oldCiphers } = (scep ?? {}) as { oldCiphers?: unknown };
  const { mailDomains } = stored;
  const { people, discover } = (stored['mailSignIn'] ?? {}) as { people?: unknown; discover?: unknown };
  const number = (value: unknown, otherwise: number) => (typeof value === 'number' ? value : otherwise);
  return {
    secondFactorRequired: secondFactorRequired !== false,
    tokenMaximumDays: number(tokenMaximumDays, defaultSettings.tokenMaximumDays),
    enrollmentCodeHours: number(enrollmentCodeHours, defaultSettings.enrollmentCodeHours),
    nacFullWipe: (nac as { fullWipe?: unknown } | undefined)?.fullWipe === true,
    scepOldCiphers:
      oldCiphers === '3des' || oldCiphers === 'des' ? oldCiphers : defaultSettings.scepOldCiphers,
    appleNetworkUsers: (apple as { networkUsers?: unknown } | undefined)?.networkUsers === true,
    appleSilentDays: number(
      (apple as { silentDays?: unknown } | undefined)?.silentDays,
      defaultSettings.appleSilentDays,
    ),
    largestUnconfirmedPercent: number(
      (changes as { largestUnconfirmedPercent?: unknown } | undefined)?.largestUnconfirmedPercent,
      defaultSettings.largestUnconfirmedPercent,
    ),
    mailDomains: Array.isArray(mailDomains)
      ? mailDomains.filter((each) => typeof each === 'string')
      : defaultSettings.mailDomains,
    mailSignIn: {
      people: people === 'known' || people === 'all' ? people : 'none',
      discover: discover === true,
    },
    portal: portalSettings(stored['portal']),
  };
}

export async function readSettings(tx: TenantTx): Promise<EffectiveSettings> {
  return effectiveSettings((await selectOrganization(tx))?.settings ?? {});
}

export async function readOrganizationName(tx: TenantTx): Promise<{ slug: string; name: string }> {
  const row = await selectOrganization(tx);
  return { slug: row?.slug ?? '', name: row?.name ?? '' };
}

/** Grows when the organization is restored from a backup: what was signed in before is signed out. */
export async function readEpoch(tx: TenantTx): Promise<number> {
  return (await selectOrganization(tx))?.epoch ?? 0;
}
