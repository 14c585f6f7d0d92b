import { compareVersions, parseReportedVersion, parseVersion } from '../../version.ts';
import type { FactValueOf } from '../../facts/catalogue.ts';
import type { AppPattern, Demands } from '../demands.ts';
import { broken, type DeviceView, type Finding, judgeFact, met, type Opinion } from '../finding.ts';
import { fits } from '../pattern.ts';
import { formatValue } from '../plain-language.ts';
import { defineRule, everyGate } from '../rule.ts';

type App = FactValueOf<'apps.installed'>[number];

/** CMP-12, CMP-13. Names in the texts are those that the administrator gave; a device's own words go only into the evidence. */
export const apps = defineRule({
  kind: 'apps',
  title: 'The right apps are installed',
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
type Shown = (installed: readonly App[]) => readonly string[];

const mostNamed = 8;
const countOf: Shown = (installed) => [`${installed.length} apps`];
const idsOf = (found: readonly App[]) => found.slice(0, mostNamed).map(({ id }) => id);

function judgeApps(view: View, shown: Shown, opinion: (installed: readonly App[]) => Opinion): Finding {
  return judgeFact(view, 'apps.installed', 'which apps are installed', opinion, [], shown);
}

function judgeRequired(view: View, required: NonNullable<Demands['apps']['required']>): Finding {
  return judgeApps(view, countOf, (installed) => {
    const missing = required.filter((pattern) => !installed.some((app) => isNewEnough(pattern, app)));
    return missing.length === 0
      ? met('Every required app is installed.')
      : broken(`Not installed: ${namesOf(missing)}.`, `Install ${namesOf(missing)}.`);
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
        ? met('No forbidden app is installed.')
        : broken(`Forbidden, and installed: ${namesOf(found)}.`, `Remove ${namesOf(found)}.`);
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
        ? met('Only allowed apps are installed.')
        : broken(
            `${count} installed app${count === 1 ? ' is' : 's are'} not among those that are allowed.`,
            'Remove the apps that your organization does not allow.',
          );
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

function namesOf(patterns: readonly AppPattern[]): string {
  const named = patterns.slice(0, mostNamed).map(({ id, name, version }) => {
    const which = name === undefined ? formatValue(id) : formatValue(name);
    return version === undefined ? which : `${which} (version ${version})`;
  });
  const rest = patterns.length - named.length;
  return [...named, ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
}
