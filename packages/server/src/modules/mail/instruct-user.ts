// Tells a person by mail why a new device gets no mail, and what to do: at most once a day, however many devices come.
import { treatmentOfStrangers } from '@gatehouse/core/mail/decide-mail-access.ts';
import { systemActor } from '@gatehouse/core/actor.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { isUuid } from '../../kernel/ids.ts';
import type { SingleJob } from '../../kernel/jobs/jobs.ts';
import { type Mail, MailRefused, plainMail, type SendMail } from '../../kernel/mail.ts';
import { recordAudit } from '../audit/index.ts';
import { readOrganizationName } from '../organizations/index.ts';
import { markInstructed, selectInstructed } from './instruct-queries.ts';
import { instructMailUserKind } from './job-kinds.ts';
import type { MailDeps } from './mail-deps.ts';
import { writeInstruction } from './instruction-texts.ts';
import { gateSettings, readMailSettings } from './settings.ts';

export interface InstructDeps extends Pick<MailDeps, 'database' | 'clock'> {
  readonly sendMail: SendMail | undefined;
  readonly publicUrl: URL;
}

const onceInMs = 24 * 3_600_000;

export function instructMailUserJob(deps: InstructDeps): SingleJob<{ readonly userId: string }> {
  return {
    parse(input) {
      const { userId } = (input ?? {}) as Readonly<Record<string, unknown>>;
      if (typeof userId !== 'string' || !isUuid(userId)) throw new TypeError('userId is not an id');
      return { userId };
    },
    async outside(organizationId, { userId }) {
      if (deps.sendMail === undefined) return;
      const mail = await deps.database.withTenant(organizationId, (tx) => prepare(deps, tx, userId), {
        readOnly: true,
      });
      if (mail === undefined) return;
      try {
        await deps.sendMail(mail);
      } catch (error) {
        if (!(error instanceof MailRefused)) throw error;
      }
    },
    async run(tx, { userId }) {
      if (deps.sendMail === undefined || (await prepare(deps, tx, userId)) === undefined) return;
      await markInstructed(tx, userId, new Date(deps.clock.now()));
      await recordAudit(tx, {
        actor: systemActor(instructMailUserKind, tx.organizationId),
        action: 'mail.instruct-user',
        target: { kind: 'user', id: userId },
        outcome: 'done',
      });
    },
  };
}

/** undefined: nobody to write to, nothing to say any more, or said today already. */
async function prepare(deps: InstructDeps, tx: TenantTx, userId: string): Promise<Mail | undefined> {
  const [row, settings, organization] = await Promise.all([
    selectInstructed(tx, userId),
    readMailSettings(tx),
    readOrganizationName(tx),
  ]);
  const now = deps.clock.now();
  if (!settings.instruct || row === undefined || row.user_state !== 'active') return undefined;
  if (row.instructed_at !== null && now - row.instructed_at.getTime() < onceInMs) return undefined;
  const words = writeInstruction({
    language: row.language,
    organization: organization.name,
    name: row.display_name,
    device: row.model ?? row.device_type,
    treatment: treatmentOfStrangers(gateSettings(settings), now),
    deadline: settings.enrol_by,
    link: new URL(`/enroll/${organization.slug}`, deps.publicUrl).href,
    own: settings.instruction,
  });
  return plainMail({
    to: { name: row.display_name, address: row.email },
    ...words,
    messageId: `<mail-device.${row.mail_device_id}.${Math.floor(now / onceInMs)}@${deps.publicUrl.hostname}>`,
  });
}
