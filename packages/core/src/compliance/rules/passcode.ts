import type { Settings } from '../../settings/catalogue.ts';
import { broken, type Finding, judgeFact, mention, met } from '../finding.ts';
import { defineRule, everyGate } from '../rule.ts';
import { say } from '../wording/message.ts';

const passcodeSettings = [
  'passcode.required',
  'passcode.minimum-length',
  'passcode.minimum-classes',
  'passcode.maximum-age-days',
  'passcode.history',
] as const;

type PasscodeDemand = Pick<Settings, (typeof passcodeSettings)[number]>;

/** CMP-09, PWD-01, PWD-02, PWD-08, PWD-09. */
export const passcode = defineRule({
  kind: 'passcode',
  severity: 'high',
  purpose: 'security',
  defaultGates: everyGate,
  reads: [
    'passcode.set',
    'passcode.accounts-without-password',
    'passcode.minimum-length',
    'passcode.minimum-classes',
    'passcode.maximum-age-days',
    'passcode.history',
    'passcode.compliant-with-profiles',
  ],
  settings: {
    names: passcodeSettings,
    grace: 'passcode.grace-minutes',
    demand: (values): PasscodeDemand | undefined =>
      passcodeSettings.some((name) => values[name] !== undefined && values[name] !== false)
        ? values
        : undefined,
  },
  demand: ({ required = true, minimumLength, minimumClasses, maximumAgeDays, history }): PasscodeDemand => ({
    'passcode.required': required,
    ...(minimumLength === undefined ? {} : { 'passcode.minimum-length': minimumLength }),
    ...(minimumClasses === undefined ? {} : { 'passcode.minimum-classes': minimumClasses }),
    ...(maximumAgeDays === undefined ? {} : { 'passcode.maximum-age-days': maximumAgeDays }),
    ...(history === undefined ? {} : { 'passcode.history': history }),
  }),
  judge: (demand, view) => {
    const findings: Finding[] = [];
    if (demand['passcode.required']) {
      const accounts = mention(view, 'passcode.accounts-without-password', (count) => count);
      findings.push(
        judgeFact(
          view,
          'passcode.set',
          (set) => (set ? met(say('passcode.set')) : broken(say('passcode.none'), say('passcode.set-one'))),
          [accounts],
        ),
      );
    }
    // A system that judges by itself is believed when it says no; its yes is about the rules that it holds, which may be older.
    if (mention(view, 'passcode.compliant-with-profiles', (meets) => meets)?.value === false) {
      findings.push(
        judgeFact(view, 'passcode.compliant-with-profiles', () =>
          broken(say('passcode.refused'), say('passcode.change')),
        ),
      );
    }
    const length = demand['passcode.minimum-length'];
    if (length !== undefined) {
      findings.push(
        judgeFact(view, 'passcode.minimum-length', (enforced) =>
          enforced >= length
            ? met(say('passcode.long', { enforced }))
            : broken(
                say('passcode.short', { enforced, demanded: length }),
                say('passcode.make-longer', { demanded: length }),
              ),
        ),
      );
    }
    const classes = demand['passcode.minimum-classes'];
    if (classes !== undefined) {
      findings.push(
        judgeFact(view, 'passcode.minimum-classes', (enforced) =>
          enforced >= classes
            ? met(say('passcode.mixed', { enforced }))
            : broken(
                say('passcode.plain', { enforced, demanded: classes }),
                say('passcode.make-mixed', { demanded: classes }),
              ),
        ),
      );
    }
    const age = demand['passcode.maximum-age-days'];
    if (age !== undefined) {
      findings.push(
        // The fact is 0 when passcodes never expire.
        judgeFact(view, 'passcode.maximum-age-days', (enforced) =>
          enforced > 0 && enforced <= age
            ? met(say('passcode.expires', { enforced }))
            : broken(
                say('passcode.expires-late', { enforced, demanded: age }),
                say('passcode.make-expire', { demanded: age }),
              ),
        ),
      );
    }
    const history = demand['passcode.history'];
    if (history !== undefined) {
      findings.push(
        judgeFact(view, 'passcode.history', (enforced) =>
          enforced >= history
            ? met(say('passcode.history', { enforced }))
            : broken(
                say('passcode.history-short', { enforced, demanded: history }),
                say('passcode.make-remember', { demanded: history }),
              ),
        ),
      );
    }
    return findings;
  },
});
