/** What the pages about mail decide: which devices are listed, what can be done about each, and how traffic adds up. */
import type { MailDevice, MailTraffic } from '@gatehouse/contracts/admin/mail.ts';
import type { MailOutcome } from '@gatehouse/core/mail/mail-outcome.ts';

export const mailTabs = ['devices', 'approve', 'servers', 'traffic', 'probe'] as const;
type MailTab = (typeof mailTabs)[number];
export const shownDevices = ['all', 'linkedShown', 'allowedShown', 'blockedShown'] as const;
type ShownDevices = (typeof shownDevices)[number];
export const trafficHours = [1, 24, 168, 720] as const;

interface MailSearch {
  readonly tab: MailTab;
  readonly show: ShownDevices;
  readonly hours: number;
  readonly server: string | undefined;
}

export function readMailSearch(search: Readonly<Record<string, unknown>>): MailSearch {
  return {
    tab: mailTabs.find((each) => each === search['tab']) ?? 'devices',
    show: shownDevices.find((each) => each === search['show']) ?? 'all',
    hours: trafficHours.find((each) => String(each) === search['hours']) ?? 24,
    server: typeof search['server'] === 'string' ? search['server'] : undefined,
  };
}

/** Those that wait for somebody: nobody decided, and no enrolled device is known for them. */
export const waiting = { state: 'unknown', linked: 'false' } as const;

export function devicesQuery(show: ShownDevices) {
  if (show === 'linkedShown') return { linked: 'true' } as const;
  if (show === 'allowedShown') return { state: 'allowed' } as const;
  return show === 'blockedShown' ? ({ state: 'blocked' } as const) : {};
}

export type Decision = 'approve' | 'quarantine' | 'block' | 'reset' | 'unlink' | 'forget';

/** What can be done about a mail device now, the usual first. */
export function decisionsFor({
  state,
  deviceId,
}: Pick<MailDevice, 'state' | 'deviceId'>): readonly Decision[] {
  return [
    ...(state === 'allowed' ? [] : (['approve'] as const)),
    ...(state === 'quarantined' ? [] : (['quarantine'] as const)),
    ...(state === 'blocked' ? [] : (['block'] as const)),
    ...(state === 'unknown' ? [] : (['reset'] as const)),
    ...(deviceId === null ? [] : (['unlink'] as const)),
    'forget',
  ];
}

/** Suggestions that one may take without looking at each: strong, and nothing else is nearly as likely. */
export function sureSuggestion({ suggestions }: Pick<MailDevice, 'suggestions'>): string | undefined {
  const [best, next] = suggestions;
  if (best === undefined || best.score < 50) return undefined;
  return next !== undefined && next.score >= best.score - 20 ? undefined : best.deviceId;
}

const tones: Readonly<Partial<Record<MailOutcome, 'ok' | 'grace' | 'bad'>>> = {
  passed: 'ok',
  granted: 'ok',
  provisioned: 'grace',
  'server-failed': 'bad',
  'server-refused': 'bad',
  undecided: 'bad',
  blocked: 'bad',
  'not-compliant': 'bad',
};

interface OutcomeBar {
  readonly outcome: MailOutcome;
  readonly requests: number;
  readonly tone: 'ok' | 'grace' | 'bad' | 'plain';
}

/** Of all servers together, the most frequent first. */
export function outcomeBars({ outcomes }: Pick<MailTraffic, 'outcomes'>): readonly OutcomeBar[] {
  const sums = new Map<MailOutcome, number>();
  for (const { outcome, requests } of outcomes) sums.set(outcome, (sums.get(outcome) ?? 0) + requests);
  return [...sums]
    .map(([outcome, requests]) => ({ outcome, requests, tone: tones[outcome] ?? 'plain' }) as const)
    .filter(({ requests }) => requests > 0)
    .toSorted((a, b) => b.requests - a.requests);
}

/** Entries of a list that is written one a line. */
export const linesOf = (text: string): string[] => [
  ...new Set(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  ),
];

export const verdictMarks = { open: 'bad', closed: 'ok', unclear: 'unknown' } as const;
