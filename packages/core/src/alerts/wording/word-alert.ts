/** Alerts as people read them: worded when they are read or sent, of what is stored, in the language of whoever reads. */
import { readMessages } from '../../compliance/wording/message.ts';
import type { Language } from '../../languages.ts';
import { type AlertDetail, alertFields, type AlertKind, type AlertSeverity } from '../alert-kind.ts';
import { type AlertWording, type AlertWords, english } from './english.ts';
import { german } from './german.ts';
import { tellerIn } from './teller.ts';

const wordings: Readonly<Record<Language, AlertWording>> = { en: english, de: german };

/** What a kind of alert tells in general. */
export const alertTitle = (kind: AlertKind, language: Language): string =>
  wordings[language].kinds[kind].title;

export const severityWord = (severity: AlertSeverity, language: Language): string =>
  wordings[language].severities[severity];

/**
 * One or two sentences.
 * @param stored of the alert, as it was kept.
 * @returns undefined when that lacks something: an alert of another version of this program.
 */
export function wordAlert(
  kind: AlertKind,
  stored: Readonly<Record<string, unknown>>,
  language: Language,
): string | undefined {
  const detail: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(alertFields[kind])) {
    const value = read(field, stored[name]);
    if (value === undefined) return undefined;
    detail[name] = value;
  }
  const words = wordings[language].kinds[kind] as AlertWords<AlertKind>;
  return words.tell(detail as never as AlertDetail, tellerIn(language));
}

function read(field: string | readonly string[], value: unknown): unknown {
  if (typeof field !== 'string') return field.find((each) => each === value);
  switch (field) {
    case 'text':
      return typeof value === 'string' ? value : undefined;
    case 'number':
      return typeof value === 'number' ? value : undefined;
    case 'texts':
      return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined;
    default:
      return Array.isArray(value) ? readMessages(value) : undefined;
  }
}
