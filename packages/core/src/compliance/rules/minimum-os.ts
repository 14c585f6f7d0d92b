import { compareVersions, parseReportedVersion, parseVersion } from '../../version.ts';
import { broken, judgeFact, met, unknown } from '../finding.ts';
import { defineRule, everyGate } from '../rule.ts';

/** CMP-06. A version that cannot be read as numbers is unknown, never "probably new enough". */
export const minimumOs = defineRule({
  kind: 'minimum-os',
  title: 'The operating system is new enough',
  severity: 'high',
  purpose: 'security',
  defaultGates: everyGate,
  reads: ['os.version'],
  settings: [
    'os.minimum-version.linux',
    'os.minimum-version.macos',
    'os.minimum-version.ios',
    'os.minimum-version.android',
    'os.minimum-version.windows',
  ],
  grace: 'os.grace-minutes',
  concerns: (setting, platform) =>
    setting === 'os.grace-minutes' || setting === `os.minimum-version.${platform}`,
  demand: (values, platform) => {
    const minimum = values[`os.minimum-version.${platform}`];
    return minimum === undefined ? undefined : { minimum };
  },
  judge: ({ minimum }, view) => [
    judgeFact(view, 'os.version', 'the version of its operating system', (reported) => {
      const update = `Update the operating system to version ${minimum} or newer.`;
      const installed = parseReportedVersion(reported);
      const demanded = parseVersion(minimum);
      if (installed === undefined || demanded === undefined) {
        return unknown(`The operating system's version cannot be compared with ${minimum}.`, update);
      }
      return compareVersions(installed, demanded) >= 0
        ? met(`The operating system's version is ${installed.join('.')}.`)
        : broken(`The operating system's version is ${installed.join('.')}; ${minimum} is demanded.`, update);
    }),
  ],
});
