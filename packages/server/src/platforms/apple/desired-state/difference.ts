// What a device should have against what it has: which rows change, and what is to be ordered. Pure.
import type { ItemForm, ItemSource } from './desired.ts';
import type { ItemRow } from './item-queries.ts';

/** An item or a withheld one, on the channel where it belongs on this device. */
export interface Placed {
  readonly channel: string;
  readonly form: ItemForm;
  readonly identifier: string;
  readonly source: ItemSource;
  readonly kind?: ItemRow['kind'];
  /** Exactly one of the two. */
  readonly token?: string;
  readonly why?: string;
}

export interface Order {
  readonly verb: 'install' | 'remove';
  readonly row: ItemRow;
}

export interface Difference {
  readonly write: readonly ItemRow[];
  readonly drop: readonly ItemRow[];
  /** Each names one of the rows that are written. */
  readonly orders: readonly Order[];
}

/** Minutes until the next attempt, after the first, the second … failure; then it rests until something changes. */
const patience = [5, 60, 6 * 60, 24 * 60] as const;

export function nextAttempt(attempts: number, now: number): Date | null {
  const minutes = patience[attempts - 1];
  return minutes === undefined ? null : new Date(now + minutes * 60_000);
}

const keyOf = ({ channel, form, identifier }: Pick<ItemRow, 'channel' | 'form' | 'identifier'>): string =>
  `${channel}\0${form}\0${identifier}`;

const ordered = (form: ItemForm): boolean =>
  form === 'profile' || form === 'provisioning-profile' || form === 'app';

export function difference(
  deviceId: string,
  existing: readonly ItemRow[],
  wanted: readonly Placed[],
  now: number,
): Difference {
  const before = new Map(existing.map((row) => [keyOf(row), row]));
  const write: ItemRow[] = [];
  const drop: ItemRow[] = [];
  const orders: Order[] = [];
  const keep = (row: ItemRow, verb?: Order['verb']) => {
    write.push(row);
    if (verb !== undefined && ordered(row.form)) orders.push({ verb, row });
  };
  const at = new Date(now);
  const declared = new Set(
    wanted.flatMap(({ form, token, source }) =>
      form === 'declaration' && token !== undefined ? [source.id] : [],
    ),
  );
  for (const item of wanted) {
    const row = before.get(keyOf(item));
    before.delete(keyOf(item));
    if (item.token === undefined) withhold(row, item);
    else want(row, item, item.token);
  }
  for (const row of before.values()) leave(row);
  return { write, drop, orders };

  function want(row: ItemRow | undefined, item: Placed, token: string): void {
    const has = row?.installed === token;
    const fresh = {
      ...base(item),
      ...(row ? { served: row.served, installed: row.installed, command_id: row.command_id } : {}),
      wanted: token,
      wanted_since: row?.wanted_since ?? at,
      reason: null,
      attempts: 0,
      next_attempt_at: null,
    };
    if (row === undefined || row.wanted !== token) {
      keep({ ...fresh, state: has ? 'installed' : 'pending', since: at }, has ? undefined : 'install');
    } else if (row.state === 'failed' && isDue(row)) {
      keep({ ...row, state: 'pending', since: at, next_attempt_at: null }, 'install');
    } else if (row.state === 'pending' && isDue(row)) {
      keep({ ...row, next_attempt_at: null }, 'install');
    } else if (row.source_name !== item.source.name) {
      write.push({ ...row, source_name: item.source.name });
    }
  }

  /** Nothing half filled is sent, and what was built of older values must not stay either. */
  function withhold(row: ItemRow | undefined, item: Placed): void {
    const why = item.why ?? '';
    const present = row !== undefined && mayBeThere(row);
    if (row?.state === 'withheld' && row.reason === why && !(present && isDue(row))) return;
    const held = {
      ...base(item),
      ...(row
        ? { served: row.served, installed: row.installed, command_id: row.command_id, attempts: row.attempts }
        : {}),
      wanted: null,
      state: 'withheld' as const,
      reason: why.slice(0, 1_000),
      since: row?.state === 'withheld' ? row.since : at,
      next_attempt_at: null,
    };
    keep(held, present && (row.state !== 'withheld' || isDue(row)) ? 'remove' : undefined);
  }

  function leave(row: ItemRow): void {
    if (row.state === 'foreign') return;
    const isDeclared = row.form === 'declaration' || row.form === 'asset';
    // A declaration that the device was never told of needs no taking back.
    if (isDeclared ? row.served === null : !mayBeThere(row)) drop.push(row);
    // The declaration of the same app takes it over as it is; a removal would cost its data.
    else if (row.form === 'app' && declared.has(row.source_id ?? '')) drop.push(row);
    else if (row.state !== 'removing') {
      const going = { ...row, wanted: null, wanted_since: null, state: 'removing' as const, reason: null };
      keep({ ...going, since: at, attempts: 0, next_attempt_at: null }, 'remove');
    } else if (isDue(row)) keep({ ...row, next_attempt_at: null }, 'remove');
  }

  function base({ channel, form, identifier, kind, source }: Placed): ItemRow {
    return {
      device_id: deviceId,
      channel,
      form,
      identifier,
      kind: kind ?? null,
      source_kind: source.kind,
      source_id: source.id === '' ? null : source.id,
      source_name: source.name,
      wanted: null,
      wanted_since: null,
      served: null,
      installed: null,
      state: 'pending',
      reason: null,
      since: at,
      attempts: 0,
      next_attempt_at: null,
      command_id: null,
    };
  }

  function isDue({ next_attempt_at: due }: ItemRow): boolean {
    return due !== null && due.getTime() <= now;
  }
}

/** Installed, or on its way: an order may have been handed over already. */
function mayBeThere({ installed, command_id: command, state }: ItemRow): boolean {
  return installed !== null || (command !== null && state !== 'withheld');
}
