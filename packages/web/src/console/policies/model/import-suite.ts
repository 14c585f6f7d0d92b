/** A suite as a file, and back. Of what is wrong each thing is named with its line and its limit; the rest is kept. */
import type { Complaint } from './validate.ts';
import { validate } from './validate.ts';
import type { Field } from './field.ts';

export const fileFormat = 'gatehouse.policy-suite';
/** More than every setting there is, several times over. */
export const largestFile = 256 * 1024;

export interface SuiteFile {
  readonly format: typeof fileFormat;
  readonly name: string;
  readonly description: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

export function suiteFile(suite: Omit<SuiteFile, 'format'>): string {
  const { name, description, settings } = suite;
  const sorted = Object.fromEntries(Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ format: fileFormat, name, description, settings: sorted }, null, 2)}\n`;
}

/** Letters and digits only: the name goes to a file system. */
export const fileNameOf = (name: string): string =>
  `${
    name
      .normalize('NFKD')
      .replace(/[^A-Za-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .toLowerCase() || 'suite'
  }.json`;

export interface ImportProblem {
  /** Counted from 1; undefined: of the file as a whole. */
  readonly line: number | undefined;
  readonly setting: string | undefined;
  readonly complaint: Complaint['key'] | 'notJson' | 'fileTooLong' | 'notASuite' | 'noSuchSetting';
  readonly slots: Complaint['slots'];
}

export interface Imported {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly problems: readonly ImportProblem[];
}

/** @param fields the settings that there are */
export function readSuiteFile(text: string, fields: readonly Field[]): Imported {
  const whole = (complaint: ImportProblem['complaint'], line?: number, slots = {}): Imported => ({
    settings: {},
    problems: [{ line, setting: undefined, complaint, slots }],
  });
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > largestFile) return whole('fileTooLong', undefined, { bytes, maximum: largestFile });
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    return whole('notJson', lineOfError(text, error));
  }
  const settings = isRecord(read) ? (isRecord(read['settings']) ? read['settings'] : undefined) : undefined;
  if (settings === undefined || (isRecord(read) && read['format'] !== fileFormat))
    return whole('notASuite', 1);
  const known = new Map(fields.map((field) => [field.name, field]));
  const kept: Record<string, unknown> = {};
  const problems: ImportProblem[] = [];
  for (const [setting, value] of Object.entries(settings)) {
    const line = lineOfKey(text, setting);
    const field = known.get(setting);
    if (field === undefined) {
      problems.push({ line, setting, complaint: 'noSuchSetting', slots: {} });
      continue;
    }
    const [wrong] = validate([field], { [setting]: value }, { onlyStated: true });
    if (wrong === undefined) kept[setting] = value;
    else problems.push({ line, setting, complaint: wrong.key, slots: wrong.slots });
  }
  return { settings: kept, problems };
}

/** Where a name stands as a key; the first place, as JSON takes the last of several, is near enough to look at. */
function lineOfKey(text: string, key: string): number | undefined {
  const written = JSON.stringify(key).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const found = new RegExp(`${written}\\s*:`).exec(text);
  return found === null ? undefined : lineAt(text, found.index);
}

/** Engines say a line, a position, or neither. */
function lineOfError(text: string, error: unknown): number | undefined {
  const message = error instanceof Error ? error.message : '';
  const line = /line (\d+)/.exec(message)?.[1];
  if (line !== undefined) return Number(line);
  const position = /position (\d+)/.exec(message)?.[1];
  return position === undefined ? lineAt(text, text.length) : lineAt(text, Number(position));
}

const lineAt = (text: string, position: number): number => text.slice(0, position).split('\n').length;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
