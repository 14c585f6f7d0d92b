/**
 * The device query, from its URL and back. It works on the raw query string, because in this API `+` joins filter tokens
 * and must not have been turned into a space or a plus by anyone before.
 */
import { DecodeError } from '../decode-error.ts';
import { type AttributeFilter, type AttributeName, attributesByToken, foldToken } from './attributes.ts';
import {
  type DeviceIdentifier,
  type IdentifierKind,
  isIdentifierKind,
  normalizeIdentifier,
} from './identifiers.ts';

export type DeviceSelection =
  | DeviceIdentifier
  | { readonly kind: 'username'; readonly value: string }
  | { readonly kind: 'compliance'; readonly value: boolean }
  | { readonly kind: 'all' };

export interface DeviceQuery {
  /** `0` for the first page, otherwise the token we gave: decimal digits. */
  readonly paging: string;
  readonly selection: DeviceSelection;
  readonly filter: AttributeFilter;
  /** Which identifier each device of a list must carry (version 3). */
  readonly deviceIdentifier?: 'guid' | 'macaddress';
}

const queryLimits = { characters: 4096, pairs: 64, pagingDigits: 200, userNameCharacters: 320 } as const;

/** Of versions 2 and 3: what follows the `?`, undecoded. */
export function parseDeviceQuery(rawQuery: string): DeviceQuery {
  const parameters = parseRawQuery(rawQuery);
  const deviceIdentifier = parameters.get('deviceidentifier')?.toLowerCase();
  const query = toQuery({
    paging: decode(parameters.get('paging') ?? '0', 'paging'),
    criteria: decode(parameters.get('querycriteria') ?? '', 'querycriteria'),
    rawValue: parameters.get('value') ?? '',
    rawFilter: parameters.get('filter') ?? '',
    fromQueryString: true,
  });
  if (deviceIdentifier === undefined || deviceIdentifier === '') return query;
  if (deviceIdentifier !== 'guid' && deviceIdentifier !== 'macaddress') {
    throw refuse('deviceidentifier', 'guid or macaddress is expected');
  }
  return { ...query, deviceIdentifier };
}

export interface BatchQuery {
  readonly paging: string;
  /** The kind of the values in the body. */
  readonly criteria: IdentifierKind;
  readonly filter: AttributeFilter;
}

/** Of `batchdevices`: what follows the `?`, undecoded. The values are in the body, see `decodeBatch`. */
export function parseBatchQuery(rawQuery: string): BatchQuery {
  const parameters = parseRawQuery(rawQuery);
  const criteria = decode(parameters.get('querycriteria') ?? 'macaddress', 'querycriteria').toLowerCase();
  if (!isIdentifierKind(criteria)) throw refuse('querycriteria', 'unknown criteria');
  return {
    paging: readPaging(decode(parameters.get('paging') ?? '0', 'paging')),
    criteria,
    filter: parseFilter(parameters.get('filter') ?? ''),
  };
}

/** Of version 1: the path below `devices/`, undecoded: `0/macaddress/0026B424FEB4/all` or `0/all`. */
export function parseDeviceQueryPath(rawPath: string): DeviceQuery {
  requireShort(rawPath);
  const segments = rawPath.replace(/^\/|\/$/g, '').split('/');
  const [paging = '', second = '', rawValue, rawFilter] = segments;
  if (segments.length > 4) throw refuse('path', 'too many segments');
  if (rawValue === undefined) {
    return toQuery({
      paging: decode(paging, 'paging'),
      criteria: '',
      rawValue: '',
      rawFilter: second,
      fromQueryString: false,
    });
  }
  return toQuery({
    paging: decode(paging, 'paging'),
    criteria: decode(second, 'querycriteria'),
    rawValue,
    rawFilter: rawFilter ?? '',
    fromQueryString: false,
  });
}

/** Name and raw value of each pair; names without regard to case, each at most once. */
export function parseRawQuery(rawQuery: string): ReadonlyMap<string, string> {
  requireShort(rawQuery);
  const parameters = new Map<string, string>();
  const pairs = rawQuery.split('&').filter((pair) => pair !== '');
  if (pairs.length > queryLimits.pairs) throw refuse('query', `more than ${queryLimits.pairs} parameters`);
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals), 'query').toLowerCase();
    if (parameters.has(name)) throw refuse(name, 'parameter appears twice');
    parameters.set(name, equals === -1 ? '' : pair.slice(equals + 1));
  }
  return parameters;
}

interface RawQuery {
  readonly paging: string;
  readonly criteria: string;
  readonly rawValue: string;
  readonly rawFilter: string;
  readonly fromQueryString: boolean;
}

function toQuery({ paging, criteria, rawValue, rawFilter, fromQueryString }: RawQuery): DeviceQuery {
  const value = fromQueryString ? decodeFormValue(rawValue) : decode(rawValue, 'value');
  return {
    paging: readPaging(paging),
    selection: toSelection(criteria, value),
    filter: parseFilter(rawFilter),
  };
}

function readPaging(text: string): string {
  if (!/^\d+$/.test(text) || text.length > queryLimits.pagingDigits) {
    throw refuse('paging', 'decimal digits are expected');
  }
  return /^0+$/.test(text) ? '0' : text;
}

function toSelection(criteria: string, value: string): DeviceSelection {
  const kind = criteria.toLowerCase();
  if (kind === '') {
    if (value !== '') throw refuse('querycriteria', 'a value without criteria');
    return { kind: 'all' };
  }
  if (isIdentifierKind(kind)) return normalizeIdentifier(kind, value);
  switch (kind) {
    case 'username':
      if (value === '' || value.length > queryLimits.userNameCharacters)
        throw refuse('value', 'not a user name');
      return { kind, value };
    case 'compliance': {
      const word = value.toLowerCase();
      if (word !== 'true' && word !== 'false') throw refuse('value', 'true or false is expected');
      return { kind, value: word === 'true' };
    }
    default:
      throw refuse('querycriteria', 'unknown criteria');
  }
}

/**
 * Attribute names joined by `+`, space, `%2B` or comma, in any case. Names may themselves contain a space (`Serial Number`), so up to
 * four neighbours are also tried together. Unknown names are ignored; nothing known, or `all` anywhere, means all.
 */
export function parseFilter(rawFilter: string): AttributeFilter {
  const words = decode(rawFilter, 'filter')
    .split(/[+,\s]/)
    .map(foldToken)
    .filter((word) => word !== '');
  if (words.includes('all')) return 'all';
  const names = new Set<AttributeName>();
  for (let start = 0; start < words.length; ) {
    const length = [4, 3, 2, 1].find((count) =>
      attributesByToken.has(words.slice(start, start + count).join('')),
    );
    const name = attributesByToken.get(words.slice(start, start + (length ?? 1)).join(''));
    if (name !== undefined) names.add(name);
    start += length ?? 1;
  }
  return names.size === 0 ? 'all' : names;
}

/**
 * A `+` in a value is a space if the client encodes as forms do, and a plus if it does not. A bare `@` tells them apart: a form
 * encoder would have written `%40`. So `ann+test@acme.example` and `ann%2Btest%40acme.example` are the same person.
 */
function decodeFormValue(rawValue: string): string {
  return decode(rawValue.includes('@') ? rawValue : rawValue.replaceAll('+', ' '), 'value');
}

function decode(text: string, path: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new DecodeError('invalid percent-encoding', { path, reason: 'bad-value', cause });
  }
}

function requireShort(text: string): void {
  if (text.length > queryLimits.characters) {
    throw new DecodeError('query is too long', { path: 'query', reason: 'too-large' });
  }
}

function refuse(path: string, message: string): DecodeError {
  return new DecodeError(message, { path, reason: 'bad-value' });
}

/** Client direction, versions 2 and 3: the query string with its `?`. */
export function encodeDeviceQuery(query: DeviceQuery): string {
  const parts = [`paging=${query.paging}`];
  if (query.selection.kind !== 'all') {
    parts.push(
      `querycriteria=${query.selection.kind}`,
      `value=${encodeURIComponent(String(query.selection.value))}`,
    );
  }
  parts.push(`filter=${encodeFilter(query.filter)}`);
  if (query.deviceIdentifier !== undefined) parts.push(`deviceidentifier=${query.deviceIdentifier}`);
  return `?${parts.join('&')}`;
}

/** Client direction, version 1: the path below `devices/`. */
export function encodeDeviceQueryPath(query: DeviceQuery): string {
  const filter = encodeFilter(query.filter);
  if (query.selection.kind === 'all') return `${query.paging}/${filter}`;
  return `${query.paging}/${query.selection.kind}/${encodeURIComponent(String(query.selection.value))}/${filter}`;
}

function encodeFilter(filter: AttributeFilter): string {
  return filter === 'all' ? 'all' : [...filter].join('+');
}
