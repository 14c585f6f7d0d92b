// The organization's privacy settings as they are stored, read with care: what cannot be understood collects nothing.
import { ownerships } from '@gatehouse/core/devices/device.ts';
import { type CollectionPolicy, defaultCollectionPolicy } from '@gatehouse/core/facts/privacy.ts';

/** @param stored `collection` of the organization's settings: { ownership: [class, …] }; an ownership not named keeps its default. */
export function readCollectionPolicy(stored: unknown): CollectionPolicy {
  if (typeof stored !== 'object' || stored === null) return defaultCollectionPolicy;
  const given = stored as Readonly<Record<string, unknown>>;
  const entries = ownerships.map((ownership) => {
    const classes = given[ownership];
    if (classes === undefined) return [ownership, defaultCollectionPolicy[ownership]];
    return [
      ownership,
      (Array.isArray(classes) ? classes : []).filter((each) => each === 'personal' || each === 'sensitive'),
    ];
  });
  return Object.fromEntries(entries) as CollectionPolicy;
}
