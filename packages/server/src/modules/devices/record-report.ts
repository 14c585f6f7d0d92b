// A check-in's report: counted so that each is applied once and in order, its times moved onto the server's clock.
import { DomainError } from '@gatehouse/core/errors.ts';
import type { FactName } from '@gatehouse/core/facts/catalogue.ts';
import type { DropReason } from '@gatehouse/core/facts/parse-report.ts';
import type { Scan } from '@gatehouse/core/facts/types.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { type LockedDevice, noSuchDevice } from './lock-device.ts';
import { type ContactUpdate, writeContacts } from './queries.ts';
import { recordFactsOfMany } from './record-facts.ts';

/** Times of the device are by its own clock, ms since the epoch; `receivedAt` is by ours. */
export interface Report {
  readonly deviceId: string;
  /** Grows with every report of the device. */
  readonly counter: number;
  readonly bootId: string;
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly scans: readonly {
    readonly scan: Scan;
    readonly observedAt: number;
    readonly facts: unknown;
    readonly truncated?: boolean;
  }[];
  readonly acknowledgedPolicyVersion?: string | undefined;
}

export interface ReportOutcome {
  /** applied: it was new. repeated: this very counter was applied before. outdated: a later report was; both change no fact. */
  readonly outcome: 'applied' | 'repeated' | 'outdated';
  /**
   * The report comes from the boot before the present one. No machine goes back to an earlier boot; two machines with one key
   * do, taking turns (DEV-08).
   */
  readonly clonedKey: boolean;
  readonly changed: readonly FactName[];
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
  readonly device: LockedDevice;
}

/**
 * Records a report and the contact. The caller evaluates next, in the same transaction: even a report that changes no value
 * makes facts younger.
 * @throws DomainError `gone` for a device that is no longer managed, `forbidden` for a blocked one, `unprocessable` for facts
 * of the wrong type.
 */
export async function recordReport(tx: TenantTx, report: Report): Promise<ReportOutcome> {
  const [outcome] = await recordReports(tx, [report]);
  if (outcome === undefined || outcome instanceof DomainError) throw outcome ?? noSuchDevice();
  return outcome;
}

/**
 * Those of several devices, each once, in the statements of one. What {@link recordReport} would throw is the outcome of that
 * device, of which nothing is recorded. @returns in the order of the reports
 */
export async function recordReports(
  tx: TenantTx,
  reports: readonly Report[],
): Promise<readonly (ReportOutcome | DomainError)[]> {
  const recorded = await recordFactsOfMany(
    tx,
    'agent',
    reports.map((report) => ({
      ...report,
      scans: report.scans.map(({ observedAt, ...scan }) => ({
        ...scan,
        // The age by the device's clock is right even when its date is wrong; nothing is observed in the future (DEV-13).
        observedAt: report.receivedAt - Math.max(0, report.sentAt - observedAt),
      })),
    })),
    (device, { counter }) => {
      requireManaged(device);
      return compareCounters(counter, device.reportCounter) === 'applied';
    },
  );
  const outcomes = reports.map((report, place): ReportOutcome | DomainError => {
    const facts = recorded[place] ?? noSuchDevice();
    if (facts instanceof DomainError) return facts;
    const { changed, dropped, device } = facts;
    return {
      outcome: compareCounters(report.counter, device.reportCounter),
      clonedKey: isFromEarlierBoot(report.bootId, device),
      changed,
      dropped,
      device,
    };
  });
  const contacts = reports.flatMap((report, place) => contactOf(report, outcomes[place]) ?? []);
  if (contacts.length > 0) await writeContacts(tx, contacts);
  return outcomes;
}

function contactOf(
  { deviceId, receivedAt, sentAt, counter, bootId, acknowledgedPolicyVersion }: Report,
  outcome: ReportOutcome | DomainError | undefined,
): ContactUpdate | undefined {
  if (outcome === undefined || outcome instanceof DomainError) return undefined;
  const contact = { deviceId, at: new Date(receivedAt) };
  if (outcome.outcome !== 'applied') return contact;
  const skew = clockSkewSeconds(sentAt, receivedAt);
  return { ...contact, counter, bootId, clockSkewSeconds: skew, acknowledgedPolicyVersion };
}

function isFromEarlierBoot(bootId: string, { bootId: present, previousBootId }: LockedDevice): boolean {
  return bootId !== present && bootId === previousBootId;
}

function compareCounters(counter: number, last: number): ReportOutcome['outcome'] {
  return counter > last ? 'applied' : counter === last ? 'repeated' : 'outdated';
}

function requireManaged(device: LockedDevice): void {
  if (device.state === 'unmanaged') {
    throw new DomainError('gone', 'The device is no longer managed.', { reason: 'device-unmanaged' });
  }
  if (device.state === 'blocked') {
    throw new DomainError('forbidden', 'An administrator has blocked the device.', {
      reason: 'device-blocked',
    });
  }
}

/** Positive: the device's clock is ahead. Kept within what the column holds, however absurd the claim. */
function clockSkewSeconds(sentAt: number, receivedAt: number): number {
  const most = 2_147_483_647;
  return Math.max(-most, Math.min(most, Math.round((sentAt - receivedAt) / 1_000)));
}
