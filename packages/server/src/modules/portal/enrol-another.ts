// A person enrols a further device of their own: the same one-time code as an administrator issues, for nobody else, and without a
// word about whose property it is (POR-04).
import type { IssuedEnrollment } from '@gatehouse/contracts/admin/enrollments.ts';
import type { Platform } from '@gatehouse/core/devices/device.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { issueEnrollment } from '../enrollment/index.ts';
import { readSettings } from '../organizations/index.ts';
import { type Person, type PortalDeps, withRights } from './portal-deps.ts';

const enrolling = new Set(['enrollments.create'] as const);

/** @throws DomainError `forbidden` (`not-allowed-here`, `password-needed`), and as {@link issueEnrollment} */
export async function enrolAnother(
  deps: PortalDeps,
  person: Person,
  platform: Platform,
): Promise<IssuedEnrollment> {
  const { principal } = person;
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    const { portal } = await readSettings(tx);
    if (!portal.enrol) {
      throw new DomainError(
        'forbidden',
        'Your organization does not let people enrol devices by themselves.',
        {
          reason: 'not-allowed-here',
        },
      );
    }
    // Whoever holds the code brings a device in under this person's name.
    if (!person.proved)
      throw new DomainError('forbidden', 'This takes your password again.', { reason: 'password-needed' });
    const { userId: _, ...issued } = await issueEnrollment(tx, deps, withRights(person, enrolling), {
      user: principal.id,
      platform,
    });
    return issued;
  });
}
