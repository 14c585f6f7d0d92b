/** Settings of a policy as an administrator sends them, read against the catalogue. */
import { DomainError } from '../errors.ts';
import { parseVersion } from '../version.ts';
import { isSettingName, type SettingShape, type Settings, settingDefinition } from './catalogue.ts';

/** @returns what is wrong with the value, as a sentence's end; undefined when nothing is. */
export function settingComplaint(shape: SettingShape, value: unknown): string | undefined {
  switch (shape.type) {
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'must be true or false';
    case 'integer': {
      const { minimum, maximum } = shape;
      const good = Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum;
      return good ? undefined : `must be a whole number from ${minimum} to ${maximum}`;
    }
    case 'version': {
      const good = typeof value === 'string' && parseVersion(value) !== undefined;
      return good ? undefined : 'must be a version number such as 18.1';
    }
    case 'text': {
      const good =
        typeof value === 'string' &&
        value.trim() !== '' &&
        [...value].length <= shape.maximumLength &&
        value.isWellFormed() &&
        !/[\p{Cc}\p{Bidi_Control}]/u.test(value);
      return good ? undefined : `must be one line of text of at most ${shape.maximumLength} characters`;
    }
    default:
      return shape satisfies never;
  }
}

/** @throws DomainError `invalid-input` with one problem per setting in `detail.problems`. */
export function parseSettings(input: unknown): Settings {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new DomainError('invalid-input', 'The settings of a policy are an object.');
  }
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  const problems: string[] = [];
  for (const [name, value] of given) {
    if (!isSettingName(name)) {
      problems.push(`${JSON.stringify(name.slice(0, 64))} is not a setting`);
      continue;
    }
    const wrong = settingComplaint(settingDefinition(name).shape, value);
    if (wrong !== undefined) problems.push(`${name} ${wrong}`);
  }
  if (problems.length > 0) {
    throw new DomainError('invalid-input', `The settings are wrong: ${problems.join('; ')}.`, {
      detail: { problems },
    });
  }
  return Object.fromEntries(given) as Settings;
}
