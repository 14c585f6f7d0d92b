// What administrators may do to each other's accounts. Never to one's own, and never to an account that may do more.
import type {
  Administrator,
  AdministratorChanges,
  SetupLink,
} from '@gatehouse/contracts/admin/administrators.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { announce } from '../../kernel/notifications.ts';
import { recordAudit } from '../audit/index.ts';
import type { AdministratorDeps } from './deps.ts';
import { requireGrantable, requireNoMoreThanOwn } from './granting.ts';
import { deletePasskeys } from './passkey-queries.ts';
import { presentAdministrator } from './present.ts';
import { permissionsOf } from './principal.ts';
import {
  type AdministratorRow,
  countOtherFullAdministrators,
  deleteAdministratorRow,
  lockAdministrator,
  lockAdministrators,
  markEmpowered,
  setSecondFactor,
  updateAdministratorRow,
} from './queries.ts';
import { deleteSessions } from './session-queries.ts';
import { makeSetupLink } from './setup-link.ts';

type Deps = Pick<AdministratorDeps, 'database' | 'clock' | 'notifications' | 'publicUrl'>;

/** Locks the account and checks that the actor may touch it. */
async function lockOther(tx: TenantTx, actor: TenantPrincipal, id: string): Promise<AdministratorRow> {
  const row = await lockAdministrator(tx, id);
  if (!row) throw new DomainError('not-found', 'There is no such administrator');
  if (actor.kind === 'administrator' && actor.id === id) {
    throw new DomainError('conflict', 'This is your own account; another administrator has to do it', {
      reason: 'own-account',
    });
  }
  requireNoMoreThanOwn(actor, permissionsOf(row.role, row.role_permissions), 'change');
  return row;
}

/** Somebody has to be left who may do everything (TEN-05); only the operator of the instance may leave nobody. */
async function requireAnotherFull(
  tx: TenantTx,
  actor: TenantPrincipal,
  row: AdministratorRow,
): Promise<void> {
  if (row.role !== 'org-admin' || row.state !== 'active' || actor.permissions.has('system.operate')) return;
  if ((await countOtherFullAdministrators(tx, row.administrator_id)) > 0) return;
  throw new DomainError(
    'conflict',
    'This is the last active organization administrator; make another one first',
    { reason: 'last-administrator' },
  );
}

async function changed(
  deps: Deps,
  tx: TenantTx,
  actor: TenantPrincipal,
  id: string,
  action: string,
  show: Parameters<typeof recordAudit>[1]['show'] = {},
): Promise<void> {
  announce(tx, deps.notifications, 'credential-changed', { organizationId: tx.organizationId, id });
  await recordAudit(tx, { actor, action, target: { kind: 'administrator', id }, outcome: 'done', show });
}

/** Role, state and name. A changed role or a return to duty is new power (ADM-06); a disabled account loses its sessions. */
export async function updateAdministrator(
  deps: Deps,
  actor: TenantPrincipal,
  id: string,
  changes: AdministratorChanges,
): Promise<Administrator> {
  requirePermission(actor, 'administrators.manage');
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    await lockAdministrators(tx);
    const row = await lockOther(tx, actor, id);
    const role = changes.role ?? row.role;
    if (role !== row.role) await requireGrantable(tx, actor, role);
    const state = nextState(row, changes.state);
    if (role !== row.role || state !== row.state) await requireAnotherFull(tx, actor, row);
    const displayName = changes.displayName ?? row.display_name;
    const empowered = role !== row.role || (state !== row.state && state !== 'disabled');
    const empoweredAt = empowered ? new Date(deps.clock.now()) : null;
    await updateAdministratorRow(tx, id, { displayName, role, state, empoweredAt });
    if (state === 'disabled') await deleteSessions(tx, id);
    await changed(deps, tx, actor, id, 'administrators.update', {
      ...(role === row.role ? {} : { role: { before: row.role, after: role } }),
      ...(state === row.state ? {} : { state: { before: row.state, after: state } }),
      ...(displayName === row.display_name ? {} : { displayName: 'changed' }),
    });
    return presentAdministrator({ ...row, role, state, display_name: displayName });
  });
}

/** Who never chose a password is invited again rather than active. */
function nextState(row: AdministratorRow, wanted: AdministratorChanges['state']): AdministratorRow['state'] {
  if (wanted === undefined) return row.state;
  return wanted === 'active' && row.password_hash === null ? 'invited' : wanted;
}

/** Tokens and sessions of the account go with it. */
export async function deleteAdministrator(deps: Deps, actor: TenantPrincipal, id: string): Promise<void> {
  requirePermission(actor, 'administrators.manage');
  await deps.database.withTenant(actor.organizationId, async (tx) => {
    await lockAdministrators(tx);
    const row = await lockOther(tx, actor, id);
    await requireAnotherFull(tx, actor, row);
    await deleteAdministratorRow(tx, id);
    await changed(deps, tx, actor, id, 'administrators.delete', { role: row.role });
  });
}

/** A new link for an invitation that ran out, or for a forgotten password. It leaves the second factor alone (ADM-11). */
export async function renewSetupLink(deps: Deps, actor: TenantPrincipal, id: string): Promise<SetupLink> {
  requirePermission(actor, 'administrators.manage');
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    const row = await lockOther(tx, actor, id);
    if (row.state === 'disabled') {
      throw new DomainError('conflict', 'The account is disabled', { reason: 'account-disabled' });
    }
    await changed(deps, tx, actor, id, 'administrators.renew-setup-link');
    return makeSetupLink(deps, tx, id);
  });
}

/** For a lost authenticator: another administrator takes code and passkeys away, on the record; sessions end. */
export async function resetSecondFactor(deps: Deps, actor: TenantPrincipal, id: string): Promise<void> {
  requirePermission(actor, 'administrators.manage');
  await deps.database.withTenant(actor.organizationId, async (tx) => {
    await lockOther(tx, actor, id);
    await setSecondFactor(tx, id, null, null);
    const passkeys = await deletePasskeys(tx, id);
    await markEmpowered(tx, id, new Date(deps.clock.now()));
    await deleteSessions(tx, id);
    await changed(deps, tx, actor, id, 'administrators.reset-second-factor', { passkeys });
  });
}

export async function endSessionsOf(deps: Deps, actor: TenantPrincipal, id: string): Promise<void> {
  requirePermission(actor, 'administrators.manage');
  await deps.database.withTenant(actor.organizationId, async (tx) => {
    await lockOther(tx, actor, id);
    const ended = await deleteSessions(tx, id);
    await changed(deps, tx, actor, id, 'administrators.end-sessions', { ended });
  });
}
