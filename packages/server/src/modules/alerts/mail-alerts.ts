// The jobs that mail an alert: one that finds whom to tell, one for each of them, so that a mailbox that fails holds up nobody.
import { alertTitle, severityWord } from '@gatehouse/core/alerts/wording/word-alert.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { Subscriptions } from '../../kernel/events.ts';
import { enqueueAll, type JobDefinition } from '../../kernel/jobs/jobs.ts';
import { MailRefused, plainMail } from '../../kernel/mail.ts';
import { administratorsToTell, administratorToTell } from '../administrators/index.ts';
import { readOrganizationName } from '../organizations/index.ts';
import { mailingOf } from './alert-mailings.ts';
import { summaryOf } from './list-alerts.ts';
import { digestJob, digestKind, mailDigest } from './mail-digest.ts';
import { idIn, type MailAlertDeps } from './mail-deps.ts';
import { alertFrame } from './mail-texts.ts';
import { deleteOldAlerts, findAlert } from './queries.ts';

const tellKind = 'tell-administrators';
const mailKind = 'mail-alert';

export const alertSubscriptions: Subscriptions = {
  'alert.raised': [{ job: tellKind, payload: ({ payload }) => payload }],
};

interface Telling {
  readonly alertId: string;
  readonly everyone: boolean;
}
interface Mailing {
  readonly alertId: string;
  readonly administratorId: string;
}

export function alertJobs(deps: MailAlertDeps): Readonly<Record<string, JobDefinition<never>>> {
  const tell: JobDefinition<Telling> = {
    parse: (input) => ({
      alertId: idIn(input, 'alertId'),
      everyone: (input as { audience?: unknown }).audience === 'everyone',
    }),
    async run(tx, { alertId, everyone }) {
      if (deps.sendMail === undefined) return;
      const people = await administratorsToTell(tx, everyone ? undefined : 'alerts.read');
      const alert = await findAlert(tx, alertId);
      if (alert === undefined) return;
      const told = Map.groupBy(people, (person) => (everyone ? 'at-once' : mailingOf(person, alert.kind)));
      await enqueueAll(
        tx,
        (told.get('at-once') ?? []).map(({ administratorId }) => ({
          kind: mailKind,
          key: `${alertId}/${administratorId}`,
          payload: { alertId, administratorId },
        })),
      );
      const daily = told.get('daily') ?? [];
      await enqueueAll(
        tx,
        daily.map(({ administratorId }) => digestJob(administratorId, alert.created_at.getTime())),
      );
    },
  };
  const mail: JobDefinition<Mailing> = {
    parse: (input) => ({
      alertId: idIn(input, 'alertId'),
      administratorId: idIn(input, 'administratorId'),
    }),
    async outside(organizationId, { alertId, administratorId }) {
      const found = await deps.database.withTenant(
        organizationId,
        async (tx) => ({
          alert: await findAlert(tx, alertId),
          person: await administratorToTell(tx, administratorId),
          organization: await readOrganizationName(tx),
        }),
        { readOnly: true },
      );
      const { alert, person, organization } = found;
      if (!alert || !person || !deps.sendMail) return;
      const { language, named, listed } = alertFrame(person.language);
      const severity = severityWord(alert.severity, language);
      try {
        await deps.sendMail(
          plainMail({
            to: { name: person.displayName, address: person.email },
            language,
            subject: `[${organization.name}] ${severity}: ${alertTitle(alert.kind, language)}`,
            paragraphs: [
              summaryOf(alert, language),
              `${alert.created_at.toISOString()} · ${organization.name} · ${named(alert.alert_id)}`,
              listed(`${deps.publicUrl.origin}/console/compliance/alerts`, alert.alert_id),
            ],
            messageId: `<alert.${alert.alert_id}.${administratorId}@${deps.publicUrl.hostname}>`,
          }),
        );
      } catch (error) {
        // Nobody reads that mailbox, and trying again changes nothing; the alert is in the list all the same.
        if (!(error instanceof MailRefused)) throw error;
      }
    },
  };
  return {
    [tellKind]: tell as JobDefinition<never>,
    [mailKind]: mail as JobDefinition<never>,
    [digestKind]: mailDigest(deps) as JobDefinition<never>,
  };
}

const keepDays = 400;

export const alertTasks: readonly {
  readonly name: string;
  readonly everyMs: number;
  run(deps: { readonly database: Pick<Database, 'withSystem'> }): Promise<unknown>;
}[] = [
  {
    name: 'purge-alerts',
    everyMs: 3_600_000,
    run: ({ database }) => database.withSystem('purge-expired', (tx) => deleteOldAlerts(tx, keepDays)),
  },
];
