// The daily mail of those kinds of alerts that somebody reads once a day.
import { alertKinds } from '@gatehouse/core/alerts/alert-kind.ts';
import { severityWord } from '@gatehouse/core/alerts/wording/word-alert.ts';
import type { NewJob, SingleJob } from '../../kernel/jobs/jobs.ts';
import { MailRefused, plainMail } from '../../kernel/mail.ts';
import { administratorToTell, writeAlertDigest } from '../administrators/index.ts';
import { readOrganizationName } from '../organizations/index.ts';
import { mailingOf } from './alert-mailings.ts';
import { summaryOf } from './list-alerts.ts';
import { idIn, type MailAlertDeps } from './mail-deps.ts';
import { alertFrame } from './mail-texts.ts';
import { selectForDigest } from './queries.ts';

export const digestKind = 'mail-alert-digest';

/** Hour of the day, UTC. */
const sentAt = 5;
const day = 86_400_000;
/** In one mail; more are in the list. */
const most = 50;

interface Digest {
  readonly administratorId: string;
}

/** One waits for each person, however much happens. */
export function digestJob(administratorId: string, now: number): NewJob {
  const today = now - (now % day) + sentAt * 3_600_000;
  return {
    kind: digestKind,
    key: administratorId,
    payload: { administratorId } satisfies Digest,
    runAt: new Date(today > now ? today : today + day),
  };
}

export function mailDigest(deps: MailAlertDeps): SingleJob<Digest> {
  return {
    parse: (input) => ({ administratorId: idIn(input, 'administratorId') }),
    async outside(organizationId, { administratorId }) {
      const found = await deps.database.withTenant(
        organizationId,
        async (tx) => {
          const person = await administratorToTell(tx, administratorId);
          if (person === undefined) return undefined;
          const kinds = alertKinds.filter((kind) => mailingOf(person, kind) === 'daily');
          return {
            person,
            alerts: await selectForDigest(tx, person.alertDigestNo, kinds, most + 1),
            organization: await readOrganizationName(tx),
          };
        },
        { readOnly: true },
      );
      const last = found?.alerts.at(-1);
      if (found === undefined || last === undefined || !deps.sendMail) return;
      const { person, organization } = found;
      const alerts = found.alerts.slice(0, most);
      const { language, digest, digestIntro, digestListed, more } = alertFrame(person.language);
      try {
        await deps.sendMail(
          plainMail({
            to: { name: person.displayName, address: person.email },
            language,
            subject: `[${organization.name}] ${digest(alerts.length)}`,
            paragraphs: [
              digestIntro(organization.name),
              ...alerts.map(
                (alert) =>
                  `${alert.created_at.toISOString()} · ${severityWord(alert.severity, language)} · ${summaryOf(alert, language)}`,
              ),
              ...(found.alerts.length > most ? [more] : []),
              digestListed(`${deps.publicUrl.origin}/console/compliance/alerts`),
            ],
            // The same for the same alerts: whoever crashed before it was noted sends one that mailboxes know.
            messageId: `<alerts.${last.alert_no}.${administratorId}@${deps.publicUrl.hostname}>`,
          }),
        );
      } catch (error) {
        if (!(error instanceof MailRefused)) throw error;
      }
      await deps.database.withTenant(organizationId, (tx) =>
        writeAlertDigest(tx, administratorId, last.alert_no),
      );
    },
  };
}
