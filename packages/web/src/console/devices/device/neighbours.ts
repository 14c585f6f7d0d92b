/**
 * The list that a device was opened from, so that its page can lead to the one before and after. It belongs to this window and
 * not to the address: whoever opens a link was in no list.
 */

export interface Trail {
  /** The address of the list, search included. */
  readonly from: string;
  readonly ids: readonly string[];
  /** Of all that match, loaded or not. */
  readonly total: number;
}

const key = 'gatehouse-devices-trail';
/** More than anybody walks through one by one. */
const most = 1_000;

export function rememberTrail(trail: Trail): void {
  sessionStorage.setItem(key, JSON.stringify({ ...trail, ids: trail.ids.slice(0, most) }));
}

export function readTrail(stored: string | null = sessionStorage.getItem(key)): Trail | undefined {
  try {
    const trail = JSON.parse(stored ?? 'null') as Partial<Trail> | null;
    if (trail === null || !Array.isArray(trail.ids) || typeof trail.from !== 'string') return undefined;
    if (!trail.from.startsWith('/') || typeof trail.total !== 'number') return undefined;
    return { from: trail.from, ids: trail.ids.map(String), total: trail.total };
  } catch {
    return undefined;
  }
}

export interface Neighbours {
  readonly from: string;
  /** Counted from 1. */
  readonly place: number;
  readonly total: number;
  readonly previous: string | undefined;
  readonly next: string | undefined;
}

/** undefined: it was not opened from a list. */
export function neighboursOf(trail: Trail | undefined, deviceId: string): Neighbours | undefined {
  const index = trail?.ids.indexOf(deviceId) ?? -1;
  if (trail === undefined || index === -1) return undefined;
  return {
    from: trail.from,
    place: index + 1,
    total: Math.max(trail.total, trail.ids.length),
    previous: trail.ids[index - 1],
    next: trail.ids[index + 1],
  };
}
