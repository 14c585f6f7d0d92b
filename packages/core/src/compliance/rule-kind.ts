/** The kinds of rules there are; each is defined in a file of its own under rules/. */

export const ruleKinds = [
  'compromised',
  'encryption',
  'passcode',
  'screen-lock',
  'minimum-os',
  'check-in-age',
] as const;
export type RuleKind = (typeof ruleKinds)[number];
