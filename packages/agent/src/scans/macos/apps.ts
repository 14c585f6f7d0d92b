/** SCN-04 on macOS, from system_profiler. Not yet tried on a real Mac. */
import type { Gatherer } from '../scan-context.ts';
import { askSystemProfiler, type ProfilerItem, stringField } from './system-profiler.ts';

export const macApps: Gatherer = {
  name: 'apps',
  async gather({ system }, findings) {
    const items = (await askSystemProfiler(system, ['SPApplicationsDataType'])).get('SPApplicationsDataType');
    if (items === undefined) return findings.unknown('apps.installed', 'system_profiler gave no answer');
    findings.set('apps.installed', items.flatMap(macApp));
  },
};

/** The bundle id is not in system_profiler's answer; the path is what tells two apps of one name apart. */
export function macApp(
  item: ProfilerItem,
): readonly { id: string; name: string; version: string; source: string }[] {
  const name = stringField(item, '_name');
  if (name === undefined) return [];
  return [
    {
      id: stringField(item, 'path') ?? name,
      name,
      version: stringField(item, 'version') ?? '',
      source: stringField(item, 'obtained_from') ?? 'unknown',
    },
  ];
}
