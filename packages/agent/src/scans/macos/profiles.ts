/** SCN-03 on macOS: configuration profiles, from system_profiler. Not yet tried on a real Mac. */
import type { Gatherer } from '../scan-context.ts';
import { askSystemProfiler, isItem, type ProfilerItem, stringField } from './system-profiler.ts';

interface Profile {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly managed: boolean;
  readonly source: string;
}

export const macProfiles: Gatherer = {
  name: 'profiles',
  async gather({ system, managed }, findings) {
    const types = await askSystemProfiler(system, ['SPConfigurationProfileDataType']);
    const sections = types.get('SPConfigurationProfileDataType');
    if (sections === undefined)
      return findings.unknown('profiles.installed', 'system_profiler gave no answer');
    const own = managed.profiles.map((profile) => ({ ...profile, managed: true, source: 'gatehouse' }));
    findings.set('profiles.installed', [...own, ...sections.flatMap(profilesOf)]);
  },
};

/** A section is "device" or one user; its `_items` are the profiles. */
export function profilesOf(section: ProfilerItem): readonly Profile[] {
  const items = section['_items'];
  if (!Array.isArray(items)) return [];
  return items.filter(isItem).flatMap((item) => {
    const id = stringField(item, 'spconfigprofile_profile_identifier');
    if (id === undefined) return [];
    const source = stringField(section, '_name') ?? 'device';
    return [
      { id, name: stringField(item, '_name') ?? id, kind: 'configuration-profile', managed: false, source },
    ];
  });
}
