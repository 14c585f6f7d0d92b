// What a status report says of the device, as facts of our catalogue.
import { factDefinition, type FactName, type FactShape } from '@gatehouse/core/facts/catalogue.ts';
import type { FactValue, Scan } from '@gatehouse/core/facts/types.ts';
import { type Json, type JsonObject, statusItem } from './status-report.ts';

/** Items that are texts or truth values and mean what the fact means. */
const same = {
  'device-information': {
    'device.identifier.serial-number': 'device.serial-number',
    'device.identifier.udid': 'device.udid',
    'device.model.marketing-name': 'device.model',
    'device.operating-system.family': 'os.name',
    'device.operating-system.version': 'os.version',
    'device.operating-system.build-version': 'os.build',
    'device.operating-system.supplemental.extra-version': 'os.security-response',
    'device.model.identifier': 'device.product',
    'device.power.battery-health': 'battery.health',
    'softwareupdate.install-state': 'os.update-state',
    'softwareupdate.pending-version.os-version': 'os.update-version',
    'softwareupdate.failure-reason.reason': 'os.update-failure',
  },
  security: {
    'passcode.is-present': 'passcode.set',
    'passcode.is-compliant': 'passcode.compliant-with-profiles',
    'diskmanagement.filevault.enabled': 'storage.encrypted',
  },
} as const satisfies Partial<Record<Scan, Readonly<Record<string, FactName>>>>;

export type StatusFacts = {
  readonly [S in keyof typeof same]: Readonly<Partial<Record<FactName, FactValue>>>;
};

export function factsOf(status: JsonObject): StatusFacts {
  const of = (items: Readonly<Record<string, FactName>>) =>
    Object.fromEntries(
      Object.entries(items).flatMap(([name, fact]) => {
        const value = statusItem(status, name);
        return suits(factDefinition(fact).shape, value) ? [[fact, value]] : [];
      }),
    );
  return { 'device-information': of(same['device-information']), security: of(same.security) };
}

/** A report with something else in this place must not be refused as a whole: it would come again and again. */
function suits(shape: FactShape, value: Json | undefined): value is string | boolean {
  if (shape.type === 'choice') return typeof value === 'string' && shape.choices.includes(value);
  return shape.type === 'string'
    ? typeof value === 'string'
    : shape.type === 'boolean' && typeof value === 'boolean';
}
