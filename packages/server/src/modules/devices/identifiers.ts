// What a device can be found by: serial numbers, MAC addresses, names, in one normal form each. They are claims of the
// device and prove nothing (DEV-01); several devices may claim the same one (DEV-11).
import type { FactValueOf } from '@gatehouse/core/facts/catalogue.ts';
import type { Facts } from '@gatehouse/core/facts/types.ts';

export const identifierKinds = [
  'mac',
  'serial',
  'udid',
  'imei',
  'meid',
  'guid',
  'host-name',
  'mail-id',
] as const;
export type IdentifierKind = (typeof identifierKinds)[number];

export interface Identifier {
  readonly kind: IdentifierKind;
  readonly value: string;
}

/** More than any honest machine has; a report may list 64 interfaces with two addresses each (DEV-10). */
const mostMacs = 32;

/** What firmware says when nobody filled the field in: the same on a million machines, so no identifier. */
const fillers =
  /^(?:0+|1234567890?|none|n\/?a|unknown|default string|not (?:specified|applicable|available)|to be filled by o\.?e\.?m\.?|system serial number|chassis serial number|invalid|oem|x+|\.+|-+)$/i;

/** Interfaces that software makes: containers, bridges, tunnels. Their addresses repeat from machine to machine. */
const softwareInterface =
  /^(?:lo|docker|br-|virbr|veth|cni|flannel|cali|tun|tap|wg|utun|vnet|vmnet|bridge|awdl|llw|anpi|zt|tailscale)/i;

/** Twelve upper-case hex digits, or undefined when it is no address of one adapter. */
export function normalizeMac(text: string): string | undefined {
  const digits = text.replaceAll(/[\s:.-]/g, '').toUpperCase();
  if (!/^[0-9A-F]{12}$/.test(digits) || /^0+$/.test(digits)) return undefined;
  // The lowest bit of the first octet marks a group address (IEEE 802, section 8.2.2).
  return Number.parseInt(digits.slice(0, 2), 16) & 1 ? undefined : digits;
}

function isLocallyAdministered(mac: string): boolean {
  return (Number.parseInt(mac.slice(0, 2), 16) & 2) !== 0;
}

/** One normal form per kind, the same for what devices report and for what people look for. */
export function normalizeIdentifier(kind: IdentifierKind, text: string): string | undefined {
  const trimmed = text.trim();
  switch (kind) {
    case 'mac':
      return normalizeMac(trimmed);
    case 'serial':
      return trimmed === '' || fillers.test(trimmed) ? undefined : trimmed.toUpperCase().slice(0, 128);
    case 'udid':
      return fillers.test(trimmed) ? undefined : /^[0-9A-Z-]{8,64}$/i.exec(trimmed)?.[0].toUpperCase();
    case 'imei': {
      const digits = trimmed.replaceAll(/[\s/-]/g, '');
      return /^[0-9]{14,16}$/.test(digits) && !fillers.test(digits) ? digits : undefined;
    }
    case 'meid': {
      const digits = trimmed.replaceAll(/[\s-]/g, '').toUpperCase();
      return /^(?:[0-9A-F]{14,15}|[0-9]{18})$/.test(digits) && !fillers.test(digits) ? digits : undefined;
    }
    case 'guid':
      return /^[0-9a-f-]{1,128}$/i.test(trimmed) ? trimmed.toLowerCase() : undefined;
    case 'mail-id':
      return /^[\x21-\x7e]{2,64}$/.test(trimmed) && !fillers.test(trimmed)
        ? trimmed.toUpperCase()
        : undefined;
    case 'host-name': {
      const name = trimmed.replace(/\.$/, '').toLowerCase();
      return name === '' || /^localhost(?:\.|$)/.test(name) ? undefined : name.slice(0, 253);
    }
    default:
      return kind satisfies never;
  }
}

type NetworkInterface = FactValueOf<'network.interfaces'>[number];

/**
 * The addresses by which the network may see the device: of wired and wireless adapters, those in use first. An address the
 * system made up for privacy is kept on a real adapter, because that is what the network sees; the burnt-in one comes along.
 */
export function macAddresses(interfaces: readonly NetworkInterface[]): readonly string[] {
  const found = interfaces
    .filter(({ kind, name }) => isAdapter(kind) && !softwareInterface.test(name))
    .toSorted((a, b) => Number(b.up ?? false) - Number(a.up ?? false))
    .flatMap(({ kind, mac, permanentMac }) =>
      [mac, permanentMac ?? '']
        .map(normalizeMac)
        .filter((each) => each !== undefined)
        .filter((each) => kind !== 'other' || !isLocallyAdministered(each)),
    );
  return [...new Set(found)].slice(0, mostMacs);
}

function isAdapter(kind: NetworkInterface['kind']): boolean {
  return kind === 'ethernet' || kind === 'wifi' || kind === 'other';
}

const identifierFacts = {
  serial: 'device.serial-number',
  udid: 'device.udid',
  imei: 'device.imei',
  meid: 'device.meid',
  'host-name': 'device.host-name',
  'mail-id': 'device.mail-id',
} as const;

/** The facts from which identifiers derive: when one of them changes, the identifiers are written anew. */
export const identifyingFacts: ReadonlySet<string> = new Set([
  ...Object.values(identifierFacts),
  'network.interfaces',
]);

/** @param facts what is believed of the device, see core/facts/select.ts. */
export function identifiersOf(facts: Facts): readonly Identifier[] {
  const simple = Object.entries(identifierFacts).flatMap(([kind, fact]): Identifier[] => {
    const stored = facts.get(fact)?.value;
    if (typeof stored !== 'string') return [];
    const value = normalizeIdentifier(kind as IdentifierKind, stored);
    return value === undefined ? [] : [{ kind: kind as IdentifierKind, value }];
  });
  const interfaces = (facts.get('network.interfaces')?.value ?? []) as readonly NetworkInterface[];
  return [...simple, ...macAddresses(interfaces).map((value): Identifier => ({ kind: 'mac', value }))];
}
