/** The policy suite that every new organization starts with: the basic security that everyone gets (POL-01, POL-17). */
import type { Settings } from './catalogue.ts';

export const basicSuiteName = 'Basic security';

export const basicSuite: Settings = {
  'passcode.required': true,
  'passcode.grace-minutes': 60,
  'encryption.required': true,
  'compromise.forbidden': true,
  'check-in.maximum-age-hours': 168,
};
