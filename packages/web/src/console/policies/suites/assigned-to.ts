/** To whom something is assigned, in one line. */
import type { Assignment } from '@gatehouse/contracts/admin/policies.ts';
import type { SayPolicy } from '../texts.ts';

const most = 2;

export function assignedTo(
  assignments: readonly Pick<Assignment, 'target'>[] | undefined,
  t: SayPolicy,
): string {
  if (assignments === undefined || assignments.length === 0) return t('notAssigned');
  const names = assignments
    .slice(0, most)
    .map(({ target }) =>
      target.kind === 'organization' ? t('target_organization') : (target.name ?? target.id),
    );
  const rest = assignments.length - names.length;
  return rest === 0 ? names.join(', ') : t('assignedMore', { names: names.join(', '), count: rest });
}
