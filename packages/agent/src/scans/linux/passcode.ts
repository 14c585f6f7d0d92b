/**
 * Passcode facts (PWD-01 … PWD-09, PWD-12). Linux does not say when a password was changed to an empty one, so the agent
 * watches the files and scans again (PWD-10).
 */
import { valueOf } from '../../system/system.ts';
import type { Gatherer } from '../scan-context.ts';
import { isInteractive, passwordOf, readAccounts, readShadow, readShells } from './accounts.ts';
import { parseAssignments, parseInteger } from './assignments.ts';
import { passwordStack } from './pam.ts';
import { readPasswordRules } from './password-rules.ts';

export const passcode: Gatherer = {
  name: 'passcode',
  async gather({ system }, findings) {
    const accounts = await readAccounts(system);
    const shadow = await readShadow(system);
    if (accounts.state !== 'present' || shadow.state === 'unreadable') {
      const why =
        accounts.state === 'present'
          ? '/etc/shadow cannot be read: the agent must run as root'
          : '/etc/passwd cannot be read';
      findings.unknown('passcode.set', why);
      findings.unknown('passcode.accounts-without-password', why);
      findings.unknown('passcode.maximum-age-days', why);
    } else {
      const shells = await readShells(system);
      const passwords = accounts.value
        .filter((account) => isInteractive(account, shells))
        .map((account) => passwordOf(account, valueOf(shadow) ?? new Map()));
      const without = passwords.filter(({ password }) => password === 'empty').length;
      findings.set('passcode.accounts-without-password', without);
      // A locked account has no password that could be used at all, which is as good as a strong one.
      findings.set('passcode.set', without === 0);
      const ages = passwords
        .filter(({ password }) => password === 'set')
        .map(({ maximumAgeDays }) => maximumAgeDays);
      findings.set(
        'passcode.maximum-age-days',
        ages.length > 0 ? longestAge(ages) : await ageOfNewAccounts(system),
      );
    }

    const stack = await passwordStack(system);
    if (stack === undefined) {
      const why = 'there is no PAM configuration for passwords';
      findings.unknown('passcode.minimum-length', why);
      findings.unknown('passcode.minimum-classes', why);
      findings.unknown('passcode.history', why);
      return;
    }
    const rules = await readPasswordRules(system, stack);
    findings.set('passcode.minimum-length', rules.minimumLength);
    findings.set('passcode.minimum-classes', rules.minimumClasses);
    findings.set('passcode.history', rules.history);
  },
};

/** The account that may keep its password longest decides; 0 says never. */
function longestAge(ages: readonly (number | undefined)[]): number {
  let longest = 0;
  for (const age of ages) {
    if (age === undefined) return 0;
    longest = Math.max(longest, age);
  }
  return longest;
}

async function ageOfNewAccounts(system: Parameters<Gatherer['gather']>[0]['system']): Promise<number> {
  const text = valueOf(await system.readText('/etc/login.defs'));
  if (text === undefined) return 0;
  const days = parseInteger(parseAssignments(text, { separator: 'space' }).get('PASS_MAX_DAYS'));
  return days === undefined || days < 0 || days >= 99_999 ? 0 : days;
}
