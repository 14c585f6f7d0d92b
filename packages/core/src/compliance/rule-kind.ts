/** The kinds of rules there are; each is defined in a file of its own under rules/. */

/** In order of rank among reasons of equal weight. */
export const ruleKinds = [
  'access-restriction',
  'compromised',
  'enrollment',
  'encryption',
  'passcode',
  'screen-lock',
  'minimum-os',
  'apps',
  'sim-change',
  'geofence',
  'location-services',
  'policy-current',
  'activesync',
  'custom',
  'check-in-age',
  'roaming',
  'data-plan',
] as const;
export type RuleKind = (typeof ruleKinds)[number];

/** The kinds that the settings of policies bring about by themselves; an assigned rule of such a kind may also only tune them. */
export const policyRuleKinds = [
  'compromised',
  'encryption',
  'passcode',
  'screen-lock',
  'minimum-os',
  'check-in-age',
] as const satisfies readonly RuleKind[];
export type PolicyRuleKind = (typeof policyRuleKinds)[number];

export function isPolicyRuleKind(kind: RuleKind): kind is PolicyRuleKind {
  return (policyRuleKinds as readonly RuleKind[]).includes(kind);
}

export function isRuleKind(value: string): value is RuleKind {
  return (ruleKinds as readonly string[]).includes(value);
}
