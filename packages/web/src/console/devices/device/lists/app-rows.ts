/** Installed apps and those of management as one list: an app that is both stands once, with how far it is. */
import type { FactValueOf } from '@gatehouse/core/facts/catalogue.ts';

export interface AppRow {
  readonly key: string;
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly managed: boolean;
  /** As the device says it; nothing of apps that are simply there. */
  readonly state: string;
}

export function appRows(
  installed: FactValueOf<'apps.installed'> = [],
  managed: FactValueOf<'apps.managed'> = [],
): readonly AppRow[] {
  const ours = new Map(managed.map((app) => [app.id, app]));
  const seen = new Set<string>();
  const rows = installed.map((app, index): AppRow => {
    const own = ours.get(app.id);
    seen.add(app.id);
    return {
      key: `${app.id} ${index}`,
      id: app.id,
      name: app.name === '' ? app.id : app.name,
      version: app.version,
      managed: own !== undefined,
      state: own?.status ?? '',
    };
  });
  const others = managed
    .filter(({ id }) => !seen.has(id))
    .map(
      (app): AppRow => ({
        key: `managed ${app.id}`,
        id: app.id,
        name: app.name ?? app.id,
        version: app.version ?? '',
        managed: true,
        state: app.status,
      }),
    );
  return [...others, ...rows].toSorted(
    (a, b) => Number(b.managed) - Number(a.managed) || a.name.localeCompare(b.name),
  );
}
