import type { Settings } from '../../settings/catalogue.ts';
import { broken, type Finding, judgeFact, mention, met } from '../finding.ts';
import { defineRule, everyGate } from '../rule.ts';

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
  title: 'A proper passcode is set',
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
          'whether a passcode is set',
          (set) =>
            set
              ? met('A passcode is set.')
              : broken('No passcode is set.', 'Set a passcode for every account that can sign in.'),
          [accounts],
        ),
      );
    }
    // A system that judges by itself is believed when it says no; its yes is about the rules that it holds, which may be older.
    if (mention(view, 'passcode.compliant-with-profiles', (meets) => meets)?.value === false) {
      findings.push(
        judgeFact(view, 'passcode.compliant-with-profiles', 'whether its passcode meets the rules', () =>
          broken(
            'The passcode does not meet the rules that the device holds.',
            'Change the passcode to one that the device accepts.',
          ),
        ),
      );
    }
    const length = demand['passcode.minimum-length'];
    if (length !== undefined) {
      findings.push(
        judgeFact(view, 'passcode.minimum-length', 'how long its passcodes must be', (enforced) =>
          enforced >= length
            ? met(`Passcodes have at least ${enforced} characters.`)
            : broken(
                `Passcodes may be as short as ${enforced} characters; ${length} are demanded.`,
                `Make the device demand passcodes of at least ${length} characters.`,
              ),
        ),
      );
    }
    const classes = demand['passcode.minimum-classes'];
    if (classes !== undefined) {
      findings.push(
        judgeFact(view, 'passcode.minimum-classes', 'how mixed its passcodes must be', (enforced) =>
          enforced >= classes
            ? met(`Passcodes mix at least ${enforced} kinds of characters.`)
            : broken(
                `Passcodes need only ${enforced} kinds of characters; ${classes} are demanded.`,
                `Make the device demand passcodes that mix ${classes} of: lower case, upper case, digits, signs.`,
              ),
        ),
      );
    }
    const age = demand['passcode.maximum-age-days'];
    if (age !== undefined) {
      findings.push(
        // The fact is 0 when passcodes never expire.
        judgeFact(view, 'passcode.maximum-age-days', 'when its passcodes expire', (enforced) =>
          enforced > 0 && enforced <= age
            ? met(`Passcodes expire after ${enforced} days.`)
            : broken(
                `Passcodes ${enforced === 0 ? 'never expire' : `expire after ${enforced} days`}; ${age} days are demanded.`,
                `Make the device demand a new passcode after at most ${age} days.`,
              ),
        ),
      );
    }
    const history = demand['passcode.history'];
    if (history !== undefined) {
      findings.push(
        judgeFact(view, 'passcode.history', 'how many earlier passcodes it refuses', (enforced) =>
          enforced >= history
            ? met(`The last ${enforced} passcodes are refused.`)
            : broken(
                `Only the last ${enforced} passcodes are refused; ${history} are demanded.`,
                `Make the device refuse the last ${history} passcodes.`,
              ),
        ),
      );
    }
    return findings;
  },
});
