import type { CreatedAdministrator, NewAdministrator } from '@gatehouse/contracts/admin/administrators.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { recordAudit } from '../audit/index.ts';
import type { AdministratorDeps } from './deps.ts';
import { requireGrantable } from './granting.ts';
import { requireGoodPassword } from './password-rules.ts';
import { presentAdministrator } from './present.ts';
import { insertAdministrator } from './queries.ts';
import { makeSetupLink } from './setup-link.ts';

/** With a password the account works at once (service accounts, operators); otherwise it is invited by a one-time link. */
export async function createAdministrator(
  deps: Pick<AdministratorDeps, 'database' | 'clock' | 'passwords' | 'publicUrl'>,
  actor: TenantPrincipal,
  input: NewAdministrator,
): Promise<CreatedAdministrator> {
  requirePermission(actor, 'administrators.manage');
  const displayName = input.displayName ?? '';
  let passwordHash: string | null = null;
  if (input.password !== undefined) {
    requireGoodPassword(input.password, { secondFactor: false, words: [input.email, displayName] });
    passwordHash = await deps.passwords.hash(input.password);
  }
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    await requireGrantable(tx, actor, input.role);
    const administratorId = newId();
    const row = await insertAdministrator(tx, {
      administratorId,
      email: input.email,
      displayName,
      role: input.role,
      state: passwordHash === null ? 'invited' : 'active',
      passwordHash,
      createdBy: actor.kind === 'administrator' ? actor.id : null,
      now: new Date(deps.clock.now()),
    });
    if (!row) {
      throw new DomainError('conflict', 'There is already an administrator with this e-mail address', {
        reason: 'email-taken',
      });
    }
    const link = passwordHash === null ? await makeSetupLink(deps, tx, administratorId) : {};
    await recordAudit(tx, {
      actor,
      action: 'administrators.create',
      target: { kind: 'administrator', id: administratorId },
      outcome: 'done',
      show: { role: input.role, invited: passwordHash === null },
      personal: { email: input.email },
    });
    return { ...presentAdministrator(row), ...link };
  });
}
