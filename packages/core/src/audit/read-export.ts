/** One line of an export, from text to a typed record. Lines come from anywhere, so nothing about them is assumed. */
import { limits } from '../limits.ts';
import { canonicalJson, type Json } from './canonical-json.ts';
import type { ExportRecord } from './export.ts';

/** @returns the record, or why the line is none. */
export function readExportLine(
  line: string,
): ExportRecord | { readonly type: 'unreadable'; readonly why: string } {
  if (line.length > limits.auditExport.lineBytes) return unreadable('the line is too long');
  let value: unknown;
  try {
    value = JSON.parse(line);
    // Also refuses doubled members, of which other readers might see the first.
    if (canonicalJson(value as Json) !== line) return unreadable('the line is not canonical JSON');
  } catch {
    return unreadable('the line is not JSON');
  }
  return isRecord(value) && hasShape(value)
    ? (value as unknown as ExportRecord)
    : unreadable('the line has an unknown form');
}

function hasShape(value: Readonly<Record<string, unknown>>): boolean {
  switch (value.type) {
    case 'header':
      return (
        value.v === 1 &&
        typeof value.org === 'string' &&
        isRecord(value.from) &&
        isCount(value.from.seq) &&
        isHash(value.from.hash) &&
        (value.from.checkpoint === null || typeof value.from.checkpoint === 'string') &&
        (value.keys === undefined || (Array.isArray(value.keys) && value.keys.every(isKey)))
      );
    case 'entry':
      return (
        isHash(value.hash) &&
        isRecord(value.entry) &&
        isCount(value.entry.seq) &&
        value.entry.seq > 0 &&
        typeof value.entry.org === 'string' &&
        isRecord(value.entry.commitments) &&
        isRecord(value.values) &&
        Object.values(value.values).every(isOpenedValue)
      );
    case 'checkpoint':
      return typeof value.token === 'string';
    default:
      return false;
  }
}

function isOpenedValue(value: unknown): boolean {
  return isRecord(value) && typeof value.value === 'string' && typeof value.salt === 'string';
}

function isKey(value: unknown): boolean {
  return isRecord(value) && ['kid', 'kty', 'crv', 'x', 'y'].every((name) => typeof value[name] === 'string');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isHash(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function unreadable(why: string): { readonly type: 'unreadable'; readonly why: string } {
  return { type: 'unreadable', why };
}
