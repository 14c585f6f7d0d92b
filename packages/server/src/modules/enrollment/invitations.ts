// Invitations (ENR-01, ENR-02): an enrolment for somebody's device, sent by mail or given out as a link with a QR code; for
// one person, for many, for a group or from a CSV file. Each is a transaction of its own, so a bad one costs only itself.
import type { Readable } from 'node:stream';
import type {
  Invitation,
  InvitationChoices,
  InvitationReport,
  InvitedLine,
  NewInvitations,
} from '@gatehouse/contracts/admin/invitations.ts';
import { actorReference } from '@gatehouse/core/actor.ts';
import { isOwnership, isPlatform } from '@gatehouse/core/devices/device.ts';
import { DomainError, isDomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import { toString as drawQr } from 'qrcode';
import { readCsv } from '../../kernel/csv/read-csv.ts';
import {
  type PageAnswer,
  pageOfRows,
  type PageRequest,
  type TenantPrincipal,
} from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import type { SendMail } from '../../kernel/mail.ts';
import { recordAudit } from '../audit/index.ts';
import { issueEnrollment, type IssuingDeps } from './create-enrollment.ts';
import {
  insertInvitation,
  type InvitationRow,
  listInvitationRows,
  lockInvitation,
  selectGroupUsers,
  setInvitationState,
} from './invitation-queries.ts';
import { addressesFor } from './list-enrollments.ts';
import { enrollmentPage } from './new-code.ts';

export interface InvitationDeps extends IssuingDeps {
  /** undefined: no mail server is configured. */
  readonly sendMail: SendMail | undefined;
}

/** Of one request; more come as a CSV file. */
const mostUsers = 1_000;

/** @throws DomainError `forbidden`; `not-found` for the group; `conflict` (`mail-not-configured`); else a line says what failed. */
export async function invite(
  deps: InvitationDeps,
  actor: TenantPrincipal,
  input: NewInvitations,
): Promise<InvitationReport> {
  requireAllowed(deps, actor, input);
  const { users, groupId, ...choices } = input;
  if ((users === undefined) === (groupId === undefined)) {
    throw new DomainError('invalid-input', 'Name either users or a group', { reason: 'users-or-group' });
  }
  const who = users ?? (await usersOfGroup(deps, actor, groupId ?? ''));
  const lines: InvitedLine[] = [];
  for (const user of who) lines.push(await inviteOne(deps, actor, user, choices));
  return { lines };
}

async function usersOfGroup(
  deps: InvitationDeps,
  actor: TenantPrincipal,
  groupId: string,
): Promise<string[]> {
  requirePermission(actor, 'groups.read');
  const rows = await deps.database.withTenant(
    actor.organizationId,
    (tx) => selectGroupUsers(tx, groupId, mostUsers + 1),
    { readOnly: true },
  );
  if (!rows) throw new DomainError('not-found', 'There is no such group');
  if (rows.length > mostUsers) {
    throw new DomainError('too-large', `A group of more than ${mostUsers} is invited by a CSV file`);
  }
  return rows.map((row) => row.email);
}

const columns = ['email', 'platform', 'ownership'] as const;

/** Columns: email, and platform and ownership where they differ from line to line. */
export async function importInvitations(
  deps: InvitationDeps,
  actor: TenantPrincipal,
  file: Readable,
  defaults: Partial<InvitationChoices>,
): Promise<InvitationReport> {
  requireAllowed(deps, actor, defaults);
  const lines: InvitedLine[] = [];
  for await (const { line, values, problem } of readCsv(file, { columns, required: ['email'] })) {
    const user = values.email ?? '';
    const failed = (reason: string) => lines.push({ line, user, outcome: 'failed', reason });
    const platform = values.platform ?? defaults.platform;
    const ownership = values.ownership ?? defaults.ownership;
    if (problem !== undefined) failed(problem);
    else if (!isPlatform(platform)) failed('The platform is missing or not one of ours');
    else if (ownership !== undefined && !isOwnership(ownership)) failed('The ownership is not one of ours');
    else {
      const choices = { ...defaults, platform, ...(ownership === undefined ? {} : { ownership }) };
      lines.push({ line, ...(await inviteOne(deps, actor, user, choices)) });
    }
  }
  return { lines };
}

function requireAllowed(
  deps: InvitationDeps,
  actor: TenantPrincipal,
  { delivery, withPasswordLink }: Partial<InvitationChoices>,
): void {
  requirePermission(actor, 'enrollments.create');
  if (withPasswordLink === true) requirePermission(actor, 'users.manage');
  if (delivery !== 'link' && !deps.sendMail) {
    throw new DomainError(
      'conflict',
      'No mail server is configured: set GATEHOUSE_SMTP_URL, or give links out',
      { reason: 'mail-not-configured' },
    );
  }
}

async function inviteOne(
  deps: InvitationDeps,
  actor: TenantPrincipal,
  user: string,
  choices: InvitationChoices,
): Promise<InvitedLine> {
  const { platform, ownership, expiresInHours } = choices;
  const delivery = choices.delivery ?? 'mail';
  try {
    return await deps.database.withTenant(actor.organizationId, async (tx) => {
      const issued = await issueEnrollment(tx, deps, actor, {
        user,
        platform,
        ...(ownership === undefined ? {} : { ownership }),
        ...(expiresInHours === undefined ? {} : { expiresInHours }),
      });
      const now = deps.clock.now();
      const invitationId = newId(now);
      await insertInvitation(tx, {
        invitation_id: invitationId,
        enrollment_id: issued.id,
        user_id: issued.userId ?? '',
        delivery,
        language: choices.language ?? null,
        with_password_link: choices.withPasswordLink ?? false,
        state: delivery === 'mail' ? 'waiting' : 'given-out',
        created_by: actorReference(actor),
        created_at: new Date(now),
      });
      await recordAudit(tx, {
        actor,
        action: 'invitations.create',
        target: { kind: 'invitation', id: invitationId },
        outcome: 'done',
        show: { enrollmentId: issued.id, userId: issued.userId, delivery },
      });
      await deps.events.emit(tx, {
        name: delivery === 'mail' ? 'invitation.requested' : 'invitation.given-out',
        subjectId: invitationId,
        payload: { invitationId, enrollmentId: issued.id },
      });
      const line = {
        user,
        outcome: 'invited',
        invitationId,
        enrollmentId: issued.id,
        expiresAt: issued.expiresAt,
      } as const;
      if (delivery === 'mail') return line;
      const slug = new URL(issued.page).pathname.split('/').at(-1) ?? '';
      const link = enrollmentPage(deps.publicUrl, slug, issued.oneTimePassword);
      return {
        ...line,
        link,
        oneTimePassword: issued.oneTimePassword,
        ...(choices.qr === true ? { qr: await drawQr(link, { type: 'svg', margin: 2 }) } : {}),
      };
    });
  } catch (error) {
    const expected = (['not-found', 'conflict', 'unprocessable', 'invalid-input'] as const).some((code) =>
      isDomainError(error, code),
    );
    if (!expected) throw error;
    return { user, outcome: 'failed', reason: (error as DomainError).message };
  }
}

/** Sends the mail again, with another code: the one before is dead. @throws DomainError `not-found`, `conflict`. */
export async function resendInvitation(
  deps: InvitationDeps,
  actor: TenantPrincipal,
  invitationId: string,
): Promise<void> {
  requirePermission(actor, 'enrollments.create');
  await deps.database.withTenant(actor.organizationId, async (tx) => {
    const row = await lockInvitation(tx, invitationId);
    if (!row) throw new DomainError('not-found', 'There is no such invitation.');
    requireAllowed(deps, actor, { delivery: 'mail' });
    if (row.enrollment_state !== 'open' || row.enrollment_expires_at.getTime() <= deps.clock.now()) {
      throw new DomainError('conflict', 'The enrolment of this invitation is not open any more.', {
        reason: 'not-open',
      });
    }
    await setInvitationState(tx, invitationId, {
      state: 'waiting',
      attempted: false,
      problem: null,
      sentAt: null,
    });
    await recordAudit(tx, {
      actor,
      action: 'invitations.resend',
      target: { kind: 'invitation', id: invitationId },
      outcome: 'done',
    });
    await deps.events.emit(tx, {
      name: 'invitation.requested',
      subjectId: invitationId,
      payload: { invitationId, enrollmentId: row.enrollment_id },
    });
  });
}

/** Newest first. */
export async function listInvitations(
  deps: Pick<InvitationDeps, 'database' | 'clock'>,
  actor: TenantPrincipal,
  filter: { userId?: string; state?: string },
  page: PageRequest,
): Promise<PageAnswer<Invitation>> {
  requirePermission(actor, 'enrollments.read');
  const [before] = page.after ?? [];
  const query = {
    before: typeof before === 'string' ? before : null,
    now: new Date(deps.clock.now()),
    userId: filter.userId ?? null,
    state: filter.state ?? null,
    limit: page.limit + 1,
  };
  const [rows, addresses] = await deps.database.withTenant(
    actor.organizationId,
    async (tx) => {
      const found = await listInvitationRows(tx, query);
      return [found, await addressesFor(tx, actor, found)] as const;
    },
    { readOnly: true },
  );
  return pageOfRows(
    rows,
    page.limit,
    (row) => present(row, addresses),
    (row) => [row.invitation_id],
  );
}

const present = (row: InvitationRow, addresses: ReadonlyMap<string, string>): Invitation => ({
  id: row.invitation_id,
  userId: row.user_id,
  email: addresses.get(row.user_id) ?? null,
  enrollmentId: row.enrollment_id,
  delivery: row.delivery,
  state: row.state,
  enrollmentState: row.enrollment_state,
  attempts: row.attempts,
  problem: row.problem,
  createdBy: row.created_by,
  createdAt: row.created_at.toISOString(),
  sentAt: row.sent_at?.toISOString() ?? null,
});
