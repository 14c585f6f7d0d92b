// Which kinds of alerts an administrator gets by mail: at once, once a day with the others of that day, or not at all.
import {
  type AlertKind,
  alertKinds,
  type AlertMailing,
  alertMailings,
  alwaysMailed,
} from '@gatehouse/core/alerts/alert-kind.ts';
import { alertTitle } from '@gatehouse/core/alerts/wording/word-alert.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { Language } from '@gatehouse/core/languages.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import type { SendMail } from '../../kernel/mail.ts';
import { administratorToTell, type PersonToTell, writeAlertMailing } from '../administrators/index.ts';
import { recordAudit } from '../audit/index.ts';

export interface MailingDeps {
  readonly database: Pick<Database, 'withTenant'>;
  /** undefined: no mail server is configured. */
  readonly sendMail: SendMail | undefined;
}

export function mailingOf({ alertMails }: Pick<PersonToTell, 'alertMails'>, kind: AlertKind): AlertMailing {
  if (alwaysMailed.includes(kind)) return 'at-once';
  return alertMailings.find((each) => each === alertMails[kind]) ?? 'at-once';
}

/** @throws DomainError `forbidden` for a caller that is no person with an account. */
export async function listAlertMails(deps: MailingDeps, principal: TenantPrincipal, language: Language) {
  requirePermission(principal, 'alerts.read');
  const person =
    principal.kind === 'administrator'
      ? await deps.database.withTenant(
          principal.organizationId,
          (tx) => administratorToTell(tx, principal.id),
          { readOnly: true },
        )
      : undefined;
  if (person === undefined) throw noPerson();
  return {
    items: alertKinds.map((kind) => ({
      kind,
      title: alertTitle(kind, language),
      mail: mailingOf(person, kind),
      fixed: alwaysMailed.includes(kind),
    })),
    canSend: deps.sendMail !== undefined,
  };
}

/** @throws DomainError `forbidden`, `conflict` for a kind that nobody can choose. */
export async function chooseAlertMail(
  deps: MailingDeps,
  principal: TenantPrincipal,
  { kind, mail }: { readonly kind: AlertKind; readonly mail: AlertMailing },
  language: Language,
) {
  requirePermission(principal, 'alerts.read');
  if (principal.kind !== 'administrator') throw noPerson();
  if (alwaysMailed.includes(kind) && mail !== 'at-once')
    throw new DomainError('conflict', 'Everybody is told of this at once.', { reason: 'always-mailed' });
  await deps.database.withTenant(principal.organizationId, async (tx) => {
    if (!(await writeAlertMailing(tx, principal.id, kind, mail))) return;
    await recordAudit(tx, {
      actor: principal,
      action: 'administrators.choose-alert-mail',
      target: { kind: 'administrator', id: principal.id },
      outcome: 'done',
      show: { kind, mail },
    });
  });
  return listAlertMails(deps, principal, language);
}

function noPerson(): DomainError {
  return new DomainError('forbidden', 'This is for administrators who signed in with a browser', {
    reason: 'no-session',
  });
}
