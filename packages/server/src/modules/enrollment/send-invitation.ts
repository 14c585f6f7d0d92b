// The job that sends an invitation. The code is made when the mail is, so that it is kept nowhere while the mail waits; if a
// mail has to be sent again, it holds another code and the one before is dead.
import { systemActor } from '@gatehouse/core/actor.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { isUuid } from '../../kernel/ids.ts';
import type { SingleJob } from '../../kernel/jobs/jobs.ts';
import { MailRefused, type SendMail } from '../../kernel/mail.ts';
import { recordAudit } from '../audit/index.ts';
import { readLetterLook } from '../organizations/index.ts';
import { makePasswordLink } from '../users/index.ts';
import type { EnrollmentDeps } from './enrollment-deps.ts';
import { type InvitationContent, writeInvitation } from './invitation-mail.ts';
import { lockInvitation, selectRecipient, setInvitationState } from './invitation-queries.ts';
import { enrollmentPage, newCode } from './new-code.ts';
import { rekeyOpen } from './queries.ts';

export const sendInvitationJob = 'send-invitation';

type SendingDeps = Pick<EnrollmentDeps, 'database' | 'sealer' | 'clock' | 'publicUrl' | 'events'> & {
  readonly sendMail: SendMail | undefined;
};

interface Payload {
  readonly invitationId: string;
}

export function sendInvitation(deps: SendingDeps): SingleJob<Payload> {
  const problem = (organizationId: string, invitationId: string, text: string, final: boolean) =>
    deps.database.withTenant(organizationId, async (tx) => {
      await setInvitationState(tx, invitationId, {
        state: final ? 'failed' : 'waiting',
        attempted: true,
        problem: text.slice(0, 500),
        sentAt: null,
      });
      if (!final) return;
      await recordAudit(tx, {
        actor: systemActor(sendInvitationJob, organizationId),
        action: 'invitations.send',
        target: { kind: 'invitation', id: invitationId },
        outcome: 'failed',
        reason: 'mail-refused',
      });
      await deps.events.emit(tx, {
        name: 'invitation.failed',
        subjectId: invitationId,
        payload: { invitationId },
      });
    });
  return {
    parse(input) {
      const { invitationId } = (input ?? {}) as Readonly<Record<string, unknown>>;
      if (typeof invitationId !== 'string' || !isUuid(invitationId))
        throw new TypeError('invitationId is not an id');
      return { invitationId };
    },
    async outside(organizationId, { invitationId }) {
      const content = await deps.database.withTenant(organizationId, (tx) => prepare(tx, deps, invitationId));
      if (content === undefined) return;
      if (!deps.sendMail) {
        await problem(organizationId, invitationId, 'No mail server is configured', true);
        return;
      }
      try {
        await deps.sendMail(await writeInvitation(content));
      } catch (error) {
        // What a mail server says may hold the address, which administrators may see, and nothing else of the message.
        await problem(organizationId, invitationId, (error as Error).message, error instanceof MailRefused);
        if (!(error instanceof MailRefused)) throw error;
      }
    },
    async run(tx, { invitationId }) {
      const row = await lockInvitation(tx, invitationId);
      if (row?.state !== 'waiting') return;
      await setInvitationState(tx, invitationId, {
        state: 'sent',
        attempted: true,
        problem: null,
        sentAt: new Date(deps.clock.now()),
      });
      await recordAudit(tx, {
        actor: systemActor(sendInvitationJob, tx.organizationId),
        action: 'invitations.send',
        target: { kind: 'invitation', id: invitationId },
        outcome: 'done',
      });
      await deps.events.emit(tx, {
        name: 'invitation.sent',
        subjectId: invitationId,
        payload: { invitationId },
      });
    },
  };
}

/** @returns undefined when nothing is to be sent any more; the row then says why. */
async function prepare(
  tx: TenantTx,
  deps: SendingDeps,
  invitationId: string,
): Promise<InvitationContent | undefined> {
  const row = await lockInvitation(tx, invitationId);
  if (row?.state !== 'waiting') return undefined;
  const drop = async (problem: string): Promise<undefined> => {
    await setInvitationState(tx, invitationId, { state: 'failed', attempted: false, problem, sentAt: null });
  };
  const recipient = await selectRecipient(tx, row.user_id);
  if (recipient?.state !== 'active') return drop('The user is disabled');
  const code = await newCode(tx, deps, row.enrollment_id);
  if (!(await rekeyOpen(tx, row.enrollment_id, code, deps.clock.now()))) {
    return drop(`The enrolment is not open any more`);
  }
  const actor = systemActor(sendInvitationJob, tx.organizationId);
  const look = await readLetterLook(tx);
  return {
    invitationId,
    language: row.language,
    organization: look.name === '' ? recipient.organization : look.name,
    look,
    to: { name: recipient.display_name, address: recipient.email },
    platform: row.platform,
    link: enrollmentPage(deps.publicUrl, code.slug, code.oneTimePassword),
    oneTimePassword: code.oneTimePassword,
    expiresAt: row.enrollment_expires_at,
    passwordLink: row.with_password_link ? await makePasswordLink(tx, deps, actor, row.user_id) : undefined,
    host: deps.publicUrl.hostname,
  };
}
