// Parts of what a device should have, made one: in a fixed order, and each place taken once.
import { compareText } from '@gatehouse/core/text-order.ts';
import type { ChannelKind, Desired, DesiredItem, ItemForm, Withheld } from './desired.ts';

interface Placed {
  readonly channel: ChannelKind;
  readonly form: ItemForm;
  readonly identifier: string;
}

export function merge(parts: readonly Desired[]): Desired {
  const items = new Map<string, DesiredItem>();
  const withheld = new Map<string, Withheld>();
  for (const item of parts.flatMap((part) => part.items)) {
    const first = items.get(placeOf(item));
    if (first === undefined) items.set(placeOf(item), item);
    else if (first.token !== item.token) {
      const { channel, form, source } = item;
      const identifier = `${item.identifier}.${source.id}`;
      const why = `“${first.source.name}” has the same identifier`;
      withheld.set(placeOf({ channel, form, identifier }), { channel, form, identifier, source, why });
    }
  }
  for (const one of parts.flatMap((part) => part.withheld)) {
    if (!items.has(placeOf(one)) && !withheld.has(placeOf(one))) withheld.set(placeOf(one), one);
  }
  return { items: [...items.values()].toSorted(byPlace), withheld: [...withheld.values()].toSorted(byPlace) };
}

const placeOf = ({ channel, form, identifier }: Placed): string => `${channel}\0${form}\0${identifier}`;

function byPlace(a: Placed, b: Placed): number {
  return (
    compareText(a.channel, b.channel) ||
    compareText(a.form, b.form) ||
    compareText(a.identifier, b.identifier)
  );
}
