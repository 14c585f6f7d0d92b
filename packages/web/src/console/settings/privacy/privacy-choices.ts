/** The ticks of the privacy page, and what they make of the settings. */
import type { OrganizationSettings } from '@gatehouse/contracts/admin/organizations.ts';
import { type Ownership, ownerships } from '@gatehouse/core/devices/device.ts';
import { type OwnAction, portalSettings } from '@gatehouse/core/portal/own-actions.ts';

type Collection = OrganizationSettings['collection'];
type Collected = 'personal' | 'sensitive';
type Portal = OrganizationSettings['portal'];

/** Where nothing is said: everything from corporate devices, nothing else. */
const byDefault: Readonly<Record<Ownership, readonly Collected[]>> = {
  corporate: ['personal', 'sensitive'],
  personal: [],
  unspecified: [],
};

export function collectedFrom(collection: Collection, ownership: Ownership): readonly Collected[] {
  return collection?.[ownership] ?? byDefault[ownership];
}

export function withCollected(
  collection: Collection,
  ownership: Ownership,
  kind: Collected,
  on: boolean,
): NonNullable<Collection> {
  return { ...collection, [ownership]: toggled(collectedFrom(collection, ownership), kind, on) };
}

export function withOwnAction(
  portal: Portal,
  action: OwnAction,
  ownership: Ownership,
  on: boolean,
): NonNullable<Portal> {
  const chosen = toggled(portalSettings(portal).actions[action], ownership, on);
  return {
    ...portal,
    actions: { ...portal?.actions, [action]: ownerships.filter((each) => chosen.includes(each)) },
  };
}

function toggled<T>(given: readonly T[], item: T, on: boolean): T[] {
  const others = given.filter((each) => each !== item);
  return on ? [...others, item] : others;
}
