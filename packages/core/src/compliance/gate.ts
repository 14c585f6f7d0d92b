/** The gates that a device passes or not, and the three answers. */

export const gates = ['network', 'mail', 'vpn', 'apps', 'content'] as const;
export type Gate = (typeof gates)[number];

/** From best to worst; a gate takes the worst answer that anything gives. */
export const accessLevels = ['allow', 'quarantine', 'deny'] as const;
export type Access = (typeof accessLevels)[number];

export function worstAccess(answers: Iterable<Access>): Access {
  let worst = 0;
  for (const answer of answers) worst = Math.max(worst, accessLevels.indexOf(answer));
  return accessLevels[worst] ?? 'deny';
}
