import { compareVersions, parseReportedVersion, parseVersion } from '../../version.ts';
import { broken, type DeviceView, judgeFact, met, type Opinion, readFact, unknown } from '../finding.ts';
import { fits } from '../pattern.ts';
import { platformRemedies } from '../platform-remedies.ts';
import { defineRule, everyGate } from '../rule.ts';
import { say } from '../wording/message.ts';

interface MinimumDemand {
  /** null: models that no pattern fits may have any version. */
  readonly version: string | null;
  readonly models: readonly { readonly model: string; readonly version: string }[];
}

/** CMP-06. A version that cannot be read as numbers is unknown, never "probably new enough". */
export const minimumOs = defineRule({
  kind: 'minimum-os',
  severity: 'high',
  purpose: 'security',
  defaultGates: everyGate,
  reads: ['os.version', 'device.model', 'device.product'],
  readsOf: ({ models }: MinimumDemand) =>
    models.length === 0 ? ['os.version'] : ['os.version', 'device.model', 'device.product'],
  settings: {
    names: [
      'os.minimum-version.linux',
      'os.minimum-version.macos',
      'os.minimum-version.ios',
      'os.minimum-version.android',
      'os.minimum-version.windows',
    ],
    grace: 'os.grace-minutes',
    concerns: (setting, platform) =>
      setting === 'os.grace-minutes' || setting === `os.minimum-version.${platform}`,
    demand: (values, platform): MinimumDemand | undefined => {
      const version = values[`os.minimum-version.${platform}`];
      return version === undefined ? undefined : { version, models: [] };
    },
  },
  demand: ({ versions, models = [] }, platform): MinimumDemand | undefined => {
    const version = versions[platform] ?? null;
    return version === null && models.length === 0 ? undefined : { version, models };
  },
  judge: (demand, view) => {
    const minimum = minimumFor(demand, view);
    if (minimum === undefined) {
      const { report } = platformRemedies[view.device.platform];
      const nothing = unknown(say('os.no-model'), report);
      return [{ ...nothing, evidence: [], holdsUntil: null }];
    }
    return [
      judgeFact(view, 'os.version', (reported) =>
        minimum === null ? met(say('os.any')) : judgeVersion(reported, minimum),
      ),
    ];
  },
});

/** undefined: it depends on the model, which is not known. */
function minimumFor(
  { version, models }: MinimumDemand,
  view: DeviceView<'device.model' | 'device.product' | 'os.version'>,
): string | null | undefined {
  if (models.length === 0) return version;
  const names = [readFact(view, 'device.model'), readFact(view, 'device.product')].flatMap((fact) =>
    typeof fact?.value === 'string' ? [fact.value] : [],
  );
  if (names.length === 0) return undefined;
  return models.find(({ model }) => names.some((name) => fits(model, name)))?.version ?? version;
}

function judgeVersion(reported: string, minimum: string): Opinion {
  const update = say('os.update', { minimum });
  const installed = parseReportedVersion(reported);
  const demanded = parseVersion(minimum);
  if (installed === undefined || demanded === undefined) {
    return unknown(say('os.unreadable', { minimum }), update);
  }
  const version = installed.join('.');
  return compareVersions(installed, demanded) >= 0
    ? met(say('os.new', { version }))
    : broken(say('os.old', { version, minimum }), update);
}
