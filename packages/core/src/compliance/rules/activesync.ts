import { broken, type Finding, judgeFact, met, unknown } from '../finding.ts';
import { formatDuration } from '../plain-language.ts';
import { defineRule, everyGate } from '../rule.ts';

const hour = 3_600_000;

/** CMP-14, CMP-17. What the mail gateway knows; a device that it does not know is unknown here too. */
export const activesync = defineRule({
  kind: 'activesync',
  title: 'The mail gateway knows the device',
  severity: 'medium',
  purpose: 'security',
  defaultGates: everyGate,
  reads: ['activesync.authorized', 'activesync.last-seen'],
  demand: (demand) => demand,
  judge: ({ authorized = true, maximumSilenceHours }, view) => {
    const findings: Finding[] = [];
    const ask = 'Set up mail on the device, or ask your administrators to let it in.';
    if (authorized) {
      findings.push(
        judgeFact(view, 'activesync.authorized', 'to the mail gateway', (allowed) =>
          allowed
            ? met('The mail gateway lets the device in.')
            : broken('The mail gateway does not let the device in.', ask),
        ),
      );
    }
    if (maximumSilenceHours !== undefined) {
      const longest = maximumSilenceHours * hour;
      let until: number | null = null;
      const finding = judgeFact(view, 'activesync.last-seen', 'to the mail gateway', (text) => {
        const seen = Date.parse(text);
        if (Number.isNaN(seen)) return unknown('When mail was last fetched cannot be read.', ask);
        until = seen + longest;
        return view.now < until
          ? met(`Mail was fetched within the last ${formatDuration(longest)}.`)
          : broken(
              `Mail has not been fetched for more than ${formatDuration(longest)}.`,
              'Open the mail app while the device is connected.',
            );
      });
      const holdsUntil =
        finding.outcome === 'met' ? Math.min(until ?? Infinity, finding.holdsUntil ?? Infinity) : null;
      findings.push({ ...finding, holdsUntil });
    }
    return findings;
  },
});
