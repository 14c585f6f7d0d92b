/**
 * One timeline of several lists, each newest first and loaded page by page. It ends where the first of them may have more that is
 * not loaded yet: below that, something would be missing in between.
 */
import type { AuditEntry } from '@gatehouse/contracts/admin/audit.ts';
import type { Command } from '@gatehouse/contracts/admin/commands.ts';
import type { FactChange, PostureChange } from '@gatehouse/contracts/admin/devices.ts';
import { commandNames } from '@gatehouse/core/commands/catalogue.ts';

export const timelineKinds = ['decision', 'fact', 'command', 'record'] as const;
export type TimelineKind = (typeof timelineKinds)[number];

export type Moment =
  | {
      readonly kind: 'decision';
      readonly at: string;
      readonly change: PostureChange;
      readonly before: PostureChange | undefined;
    }
  | { readonly kind: 'fact'; readonly at: string; readonly change: FactChange }
  | { readonly kind: 'command'; readonly at: string; readonly command: Command }
  | { readonly kind: 'record'; readonly at: string; readonly entry: AuditEntry };

export interface Source {
  readonly moments: readonly Moment[];
  readonly hasMore: boolean;
}

export interface Timeline {
  readonly moments: readonly Moment[];
  /** Whose next page is needed to go on; empty: this is all. */
  readonly waitsFor: readonly TimelineKind[];
}

export function mergeTimeline(
  sources: Readonly<Partial<Record<TimelineKind, Source>>>,
  shown: readonly TimelineKind[] = timelineKinds,
): Timeline {
  const chosen = shown.flatMap((kind) => {
    const source = sources[kind];
    return source === undefined ? [] : [{ kind, ...source }];
  });
  const open = chosen.filter(({ hasMore }) => hasMore);
  const ends = open.map(({ kind, moments }) => ({ kind, at: timeOf(moments.at(-1)) }));
  const end = Math.max(Number.NEGATIVE_INFINITY, ...ends.map(({ at }) => at));
  const moments = chosen
    .flatMap((source) => source.moments)
    .filter((moment) => timeOf(moment) >= end)
    .toSorted((a, b) => timeOf(b) - timeOf(a));
  return { moments, waitsFor: ends.filter(({ at }) => at >= end).map(({ kind }) => kind) };
}

/** What is not loaded at all reaches up to now. */
const timeOf = (moment: Moment | undefined): number =>
  moment === undefined ? Number.POSITIVE_INFINITY : Date.parse(moment.at);

/** Decisions and commands have lines of their own; the record tells of them once more. */
export function isToldElsewhere(
  { action, outcome }: Pick<AuditEntry, 'action' | 'outcome'>,
  seesCommands: boolean,
): boolean {
  if (action === 'compliance.decision-changed') return true;
  return seesCommands && outcome === 'done' && commandNames.some((name) => action === `devices.${name}`);
}
