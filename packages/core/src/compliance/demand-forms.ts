/** The form of what each kind of rule may demand: bounds of every number, text and list. */
import { platforms } from '../devices/device.ts';
import { expressionLimits } from '../expressions/types.ts';
import type { Form, ObjectForm } from './form.ts';
import type { RuleKind } from './rule-kind.ts';

const text = (maximumLength: number) => ({ type: 'text', maximumLength }) as const;
const integer = (minimum: number, maximum: number) => ({ type: 'integer', minimum, maximum }) as const;
const decimal = (minimum: number, maximum: number) => ({ type: 'decimal', minimum, maximum }) as const;
const list = (of: Form, minimum: number, maximum: number) =>
  ({ type: 'list', of, minimum, maximum }) as const;
const object = (fields: Readonly<Record<string, Form>>, ...optional: readonly string[]): ObjectForm => ({
  type: 'object',
  fields,
  optional,
});

const nothing = object({});
const yearInMinutes = 366 * 24 * 60;
const version = { type: 'version' } as const;
const position = object({ latitude: decimal(-90, 90), longitude: decimal(-180, 180) });
const apps = (minimum: number) =>
  list(object({ id: text(256), name: text(100), version }, 'name', 'version'), minimum, 500);

const area: Form = {
  type: 'variant',
  by: 'shape',
  forms: {
    circle: object({ name: text(100), center: position, radiusMeters: decimal(10, 1_000_000) }),
    polygon: object({ name: text(100), corners: list(position, 3, 200) }),
  },
};

export const demandForms: Readonly<Record<RuleKind, ObjectForm>> = {
  'access-restriction': object({ text: text(300) }),
  compromised: nothing,
  enrollment: nothing,
  encryption: nothing,
  passcode: object(
    {
      required: { type: 'boolean' },
      minimumLength: integer(1, 64),
      minimumClasses: integer(1, 4),
      maximumAgeDays: integer(1, 3_650),
      history: integer(1, 50),
    },
    'required',
    'minimumLength',
    'minimumClasses',
    'maximumAgeDays',
    'history',
  ),
  'screen-lock': object({ maximumInactivitySeconds: integer(15, 86_400) }, 'maximumInactivitySeconds'),
  'minimum-os': object(
    {
      versions: object(Object.fromEntries(platforms.map((platform) => [platform, version])), ...platforms),
      models: list(object({ model: text(128), version }), 0, 200),
    },
    'models',
  ),
  apps: object(
    { required: apps(0), forbidden: apps(0), allowedOnly: apps(0) },
    'required',
    'forbidden',
    'allowedOnly',
  ),
  'sim-change': nothing,
  geofence: object({
    areas: list(area, 1, 50),
    must: { type: 'choice', choices: ['inside', 'outside'] },
    hysteresisMeters: decimal(0, 100_000),
    dwellMinutes: integer(0, yearInMinutes),
  }),
  'location-services': nothing,
  'policy-current': object({ withinMinutes: integer(1, yearInMinutes) }),
  activesync: object(
    { authorized: { type: 'boolean' }, maximumSilenceHours: integer(1, 24 * 365) },
    'authorized',
    'maximumSilenceHours',
  ),
  custom: object({
    expression: { type: 'source', maximumLength: expressionLimits.maximumLength },
    text: text(300),
    remedy: text(300),
  }),
  'check-in-age': object({ maximumHours: integer(1, 24 * 365) }),
  roaming: object({ when: { type: 'choice', choices: ['any', 'data'] } }),
  'data-plan': object(
    { maximumPercent: decimal(1, 1_000), limitBytes: integer(1, Number.MAX_SAFE_INTEGER) },
    'limitBytes',
  ),
};
