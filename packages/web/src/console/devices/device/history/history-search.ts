/** What the address of the history says: which kinds are shown. */
import { type TimelineKind, timelineKinds } from './timeline.ts';

export interface HistorySearch {
  /** Absent: every kind. */
  readonly kind?: TimelineKind;
}

export function readHistorySearch(search: Readonly<Record<string, unknown>>): HistorySearch {
  const kind = timelineKinds.find((each) => each === search['kind']);
  return kind === undefined ? {} : { kind };
}
