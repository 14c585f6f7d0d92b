/**
 * Reads the facts of one scan as a device reports them. Total: any input gives facts and a list of what was dropped. A fact
 * that is not in the catalogue, belongs to another scan, may not be stated by this source or has the wrong type is dropped;
 * lists and texts that are too long are cut and the report is marked as truncated (DEV-10).
 */
import { type FactName, type FactShape, factDefinition, isFactName, type ListShape } from './catalogue.ts';
import { conforms } from './shape.ts';
import type { FactSource, FactValue, Scan } from './types.ts';

export type DropReason =
  | 'not-in-catalogue'
  | 'other-scan'
  | 'source-not-allowed'
  | 'wrong-type'
  | 'not-collected';

export interface ParsedReport {
  readonly facts: Readonly<Partial<Record<FactName, FactValue>>>;
  /** Names are cut to 64 characters; they come from the device. */
  readonly dropped: readonly { readonly fact: string; readonly reason: DropReason }[];
  /** Something was cut to fit its bounds. */
  readonly truncated: boolean;
}

/** More names than the catalogue has cannot all be facts; the rest is not even listed. */
const mostDropped = 100;

/** @param mayCollect the organization's privacy settings; what it refuses is never stored (DLP-04). */
export function parseReport(
  scan: Scan,
  source: FactSource,
  input: unknown,
  mayCollect: (fact: FactName) => boolean = () => true,
): ParsedReport {
  const facts: Partial<Record<FactName, FactValue>> = {};
  const dropped: { fact: string; reason: DropReason }[] = [];
  let truncated = false;
  const entries =
    typeof input === 'object' && input !== null && !Array.isArray(input) ? Object.entries(input) : [];
  for (const [name, value] of entries) {
    const reason = isFactName(name) ? whyNot(name, scan, source, mayCollect) : 'not-in-catalogue';
    const fitted =
      isFactName(name) && reason === undefined ? fit(factDefinition(name).shape, value) : undefined;
    if (fitted === undefined) {
      if (dropped.length < mostDropped)
        dropped.push({ fact: clean(name, 64).value, reason: reason ?? 'wrong-type' });
      continue;
    }
    facts[name as FactName] = fitted.value;
    truncated ||= fitted.truncated;
  }
  return { facts, dropped, truncated };
}

function whyNot(
  name: FactName,
  scan: Scan,
  source: FactSource,
  mayCollect: (fact: FactName) => boolean,
): DropReason | undefined {
  const definition = factDefinition(name);
  if (definition.scan !== scan) return 'other-scan';
  if (!definition.sources.includes(source)) return 'source-not-allowed';
  return mayCollect(name) ? undefined : 'not-collected';
}

interface Fitted {
  readonly value: FactValue;
  readonly truncated: boolean;
}

/** Cuts a value to its shape; undefined when it cannot be made to fit. */
function fit(shape: FactShape, value: unknown): Fitted | undefined {
  if (shape.type === 'list') return Array.isArray(value) ? fitList(shape, value) : undefined;
  if (shape.type === 'string' && typeof value === 'string') return clean(value, shape.maximumLength);
  return conforms(shape, value) ? { value, truncated: false } : undefined;
}

/** Items that do not fit are left out and counted as truncation, so that one odd volume does not hide the others. */
function fitList(shape: ListShape, value: readonly unknown[]): Fitted {
  let truncated = value.length > shape.maximumCount;
  const items: FactValue[] = [];
  for (const item of value.slice(0, shape.maximumCount)) {
    const fitted = fitItem(shape, item);
    truncated ||= fitted?.truncated ?? true;
    if (fitted !== undefined) items.push(fitted.value);
  }
  return { value: items, truncated };
}

function fitItem(shape: ListShape, item: unknown): Fitted | undefined {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return undefined;
  const given = new Map(Object.entries(item));
  const fields: Record<string, FactValue> = {};
  let truncated = false;
  for (const [name, field] of Object.entries(shape.item)) {
    const value: unknown = given.get(name);
    if (value === undefined && field.optional) continue;
    const fitted = fit(field, value);
    if (fitted === undefined) return undefined;
    fields[name] = fitted.value;
    truncated ||= fitted.truncated;
  }
  return { value: fields, truncated };
}

/** Text that the database and JSON can hold: well formed, without NUL, at most `length` code units. */
function clean(text: string, length: number): { value: string; truncated: boolean } {
  const value = text.slice(0, length).toWellFormed().replaceAll('\0', '\uFFFD');
  return { value, truncated: text.length > length };
}
