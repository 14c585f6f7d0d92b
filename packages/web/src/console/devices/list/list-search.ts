/** The address of the list of devices: what is asked, how it is sorted, which columns stand there. */
import type { DeviceListQuery } from '../../../api/operations/fleet.ts';
import { addressWith } from '../../../design/search-params.ts';
import type { Understood } from '../../query/short-form.ts';

export interface DevicesSearch {
  readonly q: string;
  /** `name`, or `-seen`; '' the usual order. */
  readonly sort: string;
  /** Column keys with commas; '' the usual ones. */
  readonly cols: string;
  /** A kept list of devices. */
  readonly list: string;
  /** Where in its order the list begins: a name, an owner, a day. */
  readonly from: string;
}

export const sortable = ['name', 'seen', 'os', 'standing', 'owner', 'enrolled'] as const;

const isSort = (text: string): boolean => (sortable as readonly string[]).includes(text.replace(/^-/, ''));
const isId = (text: string): boolean => /^[0-9a-f-]{36}$/.test(text);
const isColumns = (text: string): boolean => /^[a-z0-9._,-]{0,2000}$/.test(text);

/** Never throws: what makes no sense in an address is left out. */
export function readDevicesSearch(search: Readonly<Record<string, unknown>>): DevicesSearch {
  const text = (name: string) => (typeof search[name] === 'string' ? search[name] : '');
  const [sort, cols, list] = [text('sort'), text('cols'), text('list')];
  return {
    q: text('q').slice(0, 4_000),
    sort: isSort(sort) ? sort : '',
    cols: isColumns(cols) ? cols : '',
    list: isId(list) ? list : '',
    from: beginningFor(sort) === undefined ? '' : text('from').slice(0, 100),
  };
}

/** By what one may go on in the middle of a list; undefined: in this order there is no such place. */
export function beginningFor(sort: string): 'text' | 'day' | undefined {
  const by = (sort === '' ? usualSort : sort).replace(/^-/, '');
  if (by === 'seen') return 'day';
  return by === 'name' || by === 'owner' ? 'text' : undefined;
}

/** A day begins where the reader is, and ends there for lists that lead into the past. */
function beginningOf({ sort, from }: DevicesSearch): string | undefined {
  if (from.trim() === '') return undefined;
  if (beginningFor(sort) === 'text') return from;
  const [year = 0, month = 0, day = 0] = (/^(\d{4})-(\d\d)-(\d\d)$/.exec(from) ?? []).slice(1).map(Number);
  const time = new Date(year, month - 1, sort.startsWith('-') ? day + 1 : day);
  return year === 0 ? undefined : time.toISOString();
}

/** Which rows are in view, of how many; undefined while nobody knows. @param before how many stand before the first that is loaded */
export function positionOf(
  view: { readonly first: number; readonly last: number },
  before: number | undefined,
  total: number | undefined,
): { readonly from: number; readonly to: number; readonly total: number } | undefined {
  if (before === undefined || total === undefined || view.last < view.first) return undefined;
  return { from: before + view.first + 1, to: Math.min(before + view.last + 1, total), total };
}

export const devicesAddress = (search: Partial<DevicesSearch>): string =>
  addressWith('/devices', { ...search });

export const usualSort = 'name';
export const usualColumns = ['name', 'owner', 'standing', 'os', 'gates', 'ownership', 'seen'] as const;

/** The name stands first, whatever the address says. */
export function columnKeys(cols: string): readonly string[] {
  const keys = cols === '' ? usualColumns : cols.split(',').filter((key) => key !== '');
  return [...new Set(['name', ...keys])];
}

export function writeColumns(keys: readonly string[]): string {
  const text = keys.join(',');
  return text === usualColumns.join(',') ? '' : text;
}

/** @param factColumns those of the columns that are facts */
export function questionOf(
  search: DevicesSearch,
  understood: Understood,
  factColumns: readonly string[],
): DeviceListQuery {
  const beginning = beginningOf(search);
  return {
    ...(understood.search === '' ? {} : { search: understood.search.slice(0, 200) }),
    ...(understood.expression === '' ? {} : { expression: understood.expression }),
    ...(search.list === '' ? {} : { selectionId: search.list }),
    sort: search.sort === '' ? usualSort : search.sort,
    ...(beginning === undefined ? {} : { from: beginning }),
    ...(factColumns.length === 0 ? {} : { facts: factColumns.join(',') }),
  };
}

/** What the export calls the columns of the screen. */
export function exportColumns(keys: readonly string[]): string {
  const wide: Readonly<Record<string, string>> = { os: 'platform,os', gates: 'network,mail,vpn' };
  return keys.map((key) => wide[key] ?? key).join(',');
}

/** Part of the name of a file: plain letters. */
export function fileName(view: string): string {
  const plain = view
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 50);
  return plain === '' ? 'devices' : `devices-${plain}`;
}
