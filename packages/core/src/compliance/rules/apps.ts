import { compareVersions, parseReportedVersion, parseVersion } from '../../version.ts';
import type { FactValueOf } from '../../facts/catalogue.ts';
import type { FactValue } from '../../facts/types.ts';
import type { AppPattern, Demands } from '../demands.ts';
import { broken, type DeviceView, type Finding, judgeFact, met, type Opinion } from '../finding.ts';
import { fits } from '../pattern.ts';
import { defineRule, everyGate } from '../rule.ts';
import { say } from '../wording/message.ts';
import type { NamedApps } from '../wording/named.ts';

type App = FactValueOf<'apps.installed'>[number];

/** CMP-12, CMP-13. Names in the texts are those that the administrator gave; a device's own words go only into the evidence. */
export const apps = defineRule({
  kind: 'apps',
  severity: 'medium',
  purpose: 'security',
  defaultGates: everyGate,
  reads: ['apps.installed'],
  demand: (demand) => demand,
  judge: ({ required = [], forbidden = [], allowedOnly }, view) => {
    const findings: Finding[] = [];
    if (required.length > 0) findings.push(judgeRequired(view, required));
    if (forbidden.length > 0) findings.push(judgeForbidden(view, forbidden));
    if (allowedOnly !== undefined) findings.push(judgeAllowed(view, allowedOnly));
    return findings;
  },
});

type View = DeviceView<'apps.installed'>;
type Shown = (installed: readonly App[]) => FactValue;

const mostNamed = 8;
const countOf: Shown = (installed) => installed.length;
const idsOf = (found: readonly App[]) => found.slice(0, mostNamed).map(({ id }) => id);

function judgeApps(view: View, shown: Shown, opinion: (installed: readonly App[]) => Opinion): Finding {
  return judgeFact(view, 'apps.installed', opinion, [], shown);
}

function judgeRequired(view: View, required: NonNullable<Demands['apps']['required']>): Finding {
  return judgeApps(view, countOf, (installed) => {
    const missing = required.filter((pattern) => !installed.some((app) => isNewEnough(pattern, app)));
    return missing.length === 0
      ? met(say('apps.all-required'))
      : broken(
          say('apps.missing', { missing: named(missing) }),
          say('apps.install', { missing: named(missing) }),
        );
  });
}

function judgeForbidden(view: View, forbidden: readonly AppPattern[]): Finding {
  const isForbidden = matcher(forbidden, isTooOld);
  const among = (installed: readonly App[]) => installed.filter((app) => isForbidden(app) !== undefined);
  return judgeApps(
    view,
    (installed) => idsOf(among(installed)),
    (installed) => {
      const found = [...new Set(among(installed).flatMap((app) => isForbidden(app) ?? []))];
      return found.length === 0
        ? met(say('apps.none-forbidden'))
        : broken(say('apps.forbidden', { found: named(found) }), say('apps.remove', { found: named(found) }));
    },
  );
}

function judgeAllowed(view: View, allowed: readonly AppPattern[]): Finding {
  const isAllowed = matcher(allowed, isNewEnough);
  const others = (installed: readonly App[]) => installed.filter((app) => isAllowed(app) === undefined);
  return judgeApps(
    view,
    (installed) => idsOf(others(installed)),
    (installed) => {
      const count = others(installed).length;
      return count === 0
        ? met(say('apps.only-allowed'))
        : broken(say('apps.others', { count }), say('apps.remove-others'));
    },
  );
}

/** Exact identifiers are looked up, because a computer may have twenty thousand packages. */
function matcher(
  patterns: readonly AppPattern[],
  versionFits: (pattern: AppPattern, app: App) => boolean,
): (app: App) => AppPattern | undefined {
  const exact = Map.groupBy(
    patterns.filter(({ id }) => !id.endsWith('*')),
    ({ id }) => id.toLowerCase(),
  );
  const open = patterns.filter(({ id }) => id.endsWith('*'));
  return (app) =>
    exact.get(app.id.toLowerCase())?.find((pattern) => versionFits(pattern, app)) ??
    open.find((pattern) => versionFits(pattern, app));
}

function isNewEnough(pattern: AppPattern, app: App): boolean {
  return (
    fits(pattern.id, app.id) && (pattern.version === undefined || (age(pattern.version, app) ?? -1) >= 0)
  );
}

/** A version that cannot be read is not known to be new enough. */
function isTooOld(pattern: AppPattern, app: App): boolean {
  return fits(pattern.id, app.id) && (pattern.version === undefined || (age(pattern.version, app) ?? -1) < 0);
}

function age(wanted: string, { version }: App): number | undefined {
  const [demanded, installed] = [parseVersion(wanted), parseReportedVersion(version)];
  return demanded && installed && compareVersions(installed, demanded);
}

function named(patterns: readonly AppPattern[]): NamedApps {
  const apps = patterns
    .slice(0, mostNamed)
    .map(({ id, name = id, version }) => ({ name, ...(version === undefined ? {} : { version }) }));
  return { apps, more: patterns.length - apps.length };
}
