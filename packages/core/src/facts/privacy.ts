/**
 * Which facts an organization collects. Privacy settings drop a fact at the door: what may not be collected is never
 * stored (DLP-04, DLP-06).
 */
import type { Ownership } from '../devices/device.ts';
import { factDefinition, type FactName } from './catalogue.ts';
import type { PrivacyClass } from './types.ts';

/** Per ownership, the classes collected besides `technical`, without which there is no management. */
export type CollectionPolicy = Readonly<Record<Ownership, readonly Exclude<PrivacyClass, 'technical'>[]>>;

/** Nothing personal from devices that are not known to be the company's. */
export const defaultCollectionPolicy: CollectionPolicy = {
  corporate: ['personal', 'sensitive'],
  personal: [],
  unspecified: [],
};

export function mayCollect(
  fact: FactName,
  ownership: Ownership,
  policy: CollectionPolicy = defaultCollectionPolicy,
): boolean {
  const { privacy } = factDefinition(fact);
  return privacy === 'technical' || policy[ownership].includes(privacy);
}
