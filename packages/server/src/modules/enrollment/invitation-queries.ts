// Statements over invitations. `$1` is always the organization.
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';
import type { EnrollmentState } from './queries.ts';

export interface InvitationRow {
  readonly invitation_id: string;
  readonly enrollment_id: string;
  readonly user_id: string;
  readonly delivery: 'mail' | 'link';
  readonly language: string;
  readonly with_password_link: boolean;
  readonly state: 'waiting' | 'sent' | 'failed' | 'given-out';
  readonly attempts: number;
  readonly problem: string | null;
  readonly created_by: string;
  readonly created_at: Date;
  readonly sent_at: Date | null;
  readonly enrollment_state: EnrollmentState;
  readonly platform: string;
  readonly enrollment_expires_at: Date;
}

const insert = sql(
  'invitations-insert',
  `insert into invitations (organization_id, invitation_id, enrollment_id, user_id, delivery, language, with_password_link,
     state, created_by, created_at)
   values ($1, $2, $3, $4, $5,
     coalesce($6, (select u.language from users u where u.organization_id = $1 and u.user_id = $4), 'en'), $7, $8, $9, $10)`,
);

export async function insertInvitation(
  tx: TenantTx,
  row: Pick<
    InvitationRow,
    'invitation_id' | 'enrollment_id' | 'user_id' | 'delivery' | 'with_password_link' | 'state'
  > & {
    /** null: the user’s. */
    language: string | null;
    created_by: string;
    created_at: Date;
  },
): Promise<void> {
  await tx.run(insert, [
    tx.organizationId,
    row.invitation_id,
    row.enrollment_id,
    row.user_id,
    row.delivery,
    row.language,
    row.with_password_link,
    row.state,
    row.created_by,
    row.created_at,
  ]);
}

const lock = sql(
  'invitations-lock',
  `select i.invitation_id, i.enrollment_id, i.user_id, i.delivery, i.language, i.with_password_link, i.state, i.attempts,
     i.problem, i.created_by, i.created_at, i.sent_at, e.state as enrollment_state, e.platform,
     e.expires_at as enrollment_expires_at
   from invitations i
   join enrollments e on e.organization_id = i.organization_id and e.enrollment_id = i.enrollment_id
   where i.organization_id = $1 and i.invitation_id = $2 for update of i, e`,
);

export function lockInvitation(tx: TenantTx, invitationId: string): Promise<InvitationRow | undefined> {
  return tx.one(lock, [tx.organizationId, invitationId]);
}

const recipient = sql(
  'invitations-recipient',
  `select u.email, u.display_name, u.state, o.slug, o.name as organization
   from users u join organizations o on o.organization_id = u.organization_id
   where u.organization_id = $1 and u.user_id = $2`,
);

export interface RecipientRow {
  readonly email: string;
  readonly display_name: string;
  readonly state: 'active' | 'disabled';
  readonly slug: string;
  readonly organization: string;
}

export function selectRecipient(tx: TenantTx, userId: string): Promise<RecipientRow | undefined> {
  return tx.one(recipient, [tx.organizationId, userId]);
}

const setState = sql(
  'invitations-set-state',
  `update invitations set state = $3, attempts = attempts + $4, problem = $5, sent_at = coalesce($6, sent_at)
   where organization_id = $1 and invitation_id = $2`,
);

export async function setInvitationState(
  tx: TenantTx,
  invitationId: string,
  change: {
    state: InvitationRow['state'];
    attempted: boolean;
    problem: string | null;
    sentAt: Date | null;
  },
): Promise<void> {
  const { state, attempted, problem, sentAt } = change;
  await tx.run(setState, [tx.organizationId, invitationId, state, attempted ? 1 : 0, problem, sentAt]);
}

// Overdue codes count as expired before the sweep has come by.
const list = sql(
  'invitations-list',
  `select i.invitation_id, i.enrollment_id, i.user_id, i.delivery, i.language, i.with_password_link, i.state, i.attempts,
     i.problem, i.created_by, i.created_at, i.sent_at,
     case when e.state = 'open' and e.expires_at <= $3 then 'expired' else e.state end as enrollment_state,
     e.platform, e.expires_at as enrollment_expires_at
   from invitations i
   join enrollments e on e.organization_id = i.organization_id and e.enrollment_id = i.enrollment_id
   where i.organization_id = $1 and i.invitation_id < $2
     and ($4::uuid is null or i.user_id = $4) and ($5::text is null or i.state = $5)
   order by i.invitation_id desc limit $6`,
);

export function listInvitationRows(
  tx: TenantTx,
  query: { before: string | null; now: Date; userId: string | null; state: string | null; limit: number },
): Promise<InvitationRow[]> {
  return tx.query(list, [
    tx.organizationId,
    query.before ?? 'ffffffff-ffff-ffff-ffff-ffffffffffff',
    query.now,
    query.userId,
    query.state,
    query.limit,
  ]);
}

const members = sql(
  'invitations-group-members',
  `select u.user_id, u.email from group_members m
   join users u on u.organization_id = m.organization_id and u.user_id = m.user_id
   where m.organization_id = $1 and m.group_id = $2 and u.state = 'active' order by u.user_no limit $3`,
);
const group = sql(
  'invitations-group',
  `select 1 as one from groups where organization_id = $1 and group_id = $2`,
);

/** undefined when there is no such group. */
export async function selectGroupUsers(
  tx: TenantTx,
  groupId: string,
  most: number,
): Promise<{ user_id: string; email: string }[] | undefined> {
  if (!(await tx.one(group, [tx.organizationId, groupId]))) return undefined;
  return tx.query(members, [tx.organizationId, groupId, most]);
}
