/** Every number of the overview as the list that has exactly that many rows. */
import type { Attention, Overview } from '@gatehouse/contracts/admin/overview.ts';
import { listOf } from '../fleet/device-lists.ts';

const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const;

/** `7d`, as the search writes it. */
export function spanOf(seconds: number): string {
  const [unit, size] = units.find(([, each]) => seconds % each === 0) ?? ['s', 1];
  return `${seconds / size}${unit}`;
}

export const platformQuery = (platform: string): string => `platform:${platform}`;
export const versionQuery = (platform: string, version: string): string =>
  `platform:${platform} os=${/[\s()"]/.test(version) ? `"${version.replaceAll('"', '')}"` : version}`;
export const standingQuery = (standing: string): string => `is:${standing}`;

const answerWords = { allow: 'yes', quarantine: 'quarantine', deny: 'blocked' } as const;
export const gateQuery = (gate: string, access: keyof typeof answerWords): string =>
  `gate.${gate}:${answerWords[access]}`;

export function silenceQuery({ fromSeconds, toSeconds }: Overview['silence'][number]): string {
  if (fromSeconds === null) return 'seen:never';
  const parts = [
    ...(fromSeconds === 0 ? [] : [`seen>=${spanOf(fromSeconds)}`]),
    ...(toSeconds === null ? [] : [`seen<${spanOf(toSeconds)}`]),
  ];
  return parts.join(' ');
}

type Item = Attention['items'][number];

const pages: Readonly<Record<Item['kind'], string>> = {
  'push-certificate': '/integrations/apns',
  'push-problem': '/integrations/apns',
  'certificate-authority': '/integrations/ca',
  approvals: '/activity/approvals',
  'dead-jobs': '/activity/jobs',
  alerts: '/compliance/alerts',
  'mail-open': '/gates/mail?tab=probe',
  'webhook-stopped': '/integrations/webhooks',
  'signals-paused': '/integrations/ssf',
  'lost-access': '/devices',
};

export function attentionLink({ kind, expression }: Item): string {
  return expression === null ? pages[kind] : listOf(`= ${expression}`);
}

/** The share that complies now, and how it differs from the first day that is known; null: nobody to speak of. */
export function complianceTrend(
  days: readonly { readonly standings: Readonly<Partial<Record<string, number>>> }[],
): { readonly now: number; readonly change: number } | null {
  const share = (standings: Readonly<Partial<Record<string, number>>>) => {
    const total = Object.values(standings).reduce<number>((sum, count) => sum + (count ?? 0), 0);
    return total === 0 ? null : ((standings['ok'] ?? 0) + (standings['exempt'] ?? 0)) / total;
  };
  const known = days.map(({ standings }) => share(standings)).filter((each) => each !== null);
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return null;
  return { now: last, change: last - first };
}
