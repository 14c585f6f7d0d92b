import { broken, type Finding, judgeFact, met, unknown } from '../finding.ts';
import { defineRule, everyGate } from '../rule.ts';
import { say } from '../wording/message.ts';

const hour = 3_600_000;

/** CMP-14, CMP-17. What the mail gateway knows; a device that it does not know is unknown here too. */
export const activesync = defineRule({
  kind: 'activesync',
  severity: 'medium',
  purpose: 'security',
  defaultGates: everyGate,
  reads: ['activesync.authorized', 'activesync.last-seen'],
  demand: (demand) => demand,
  judge: ({ authorized = true, maximumSilenceHours }, view) => {
    const findings: Finding[] = [];
    const ask = say('mail.set-up');
    if (authorized) {
      findings.push(
        judgeFact(view, 'activesync.authorized', (allowed) =>
          allowed ? met(say('mail.let-in')) : broken(say('mail.shut-out'), ask),
        ),
      );
    }
    if (maximumSilenceHours !== undefined) {
      const longest = maximumSilenceHours * hour;
      let until: number | null = null;
      const finding = judgeFact(view, 'activesync.last-seen', (text) => {
        const seen = Date.parse(text);
        if (Number.isNaN(seen)) return unknown(say('mail.unreadable'), ask);
        until = seen + longest;
        return view.now < until
          ? met(say('mail.within', { ms: longest }))
          : broken(say('mail.late', { ms: longest }), say('mail.open'));
      });
      const holdsUntil =
        finding.outcome === 'met' ? Math.min(until ?? Infinity, finding.holdsUntil ?? Infinity) : null;
      findings.push({ ...finding, holdsUntil });
    }
    return findings;
  },
});
