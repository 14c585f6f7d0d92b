// What is known about a log-in and a device id, as core/mail/decide-mail-access.ts asks for it. The statement is shared by all who
// ask in the same moment; what policies mean for a mail client is made once for each version and remembered.
import { decideAccess } from '@gatehouse/core/compliance/access.ts';
import { readEvaluation } from '@gatehouse/core/compliance/stored-evaluation.ts';
import type { Message } from '@gatehouse/core/compliance/wording/message.ts';
import type { MailDeviceStanding, MailStanding } from '@gatehouse/core/mail/decide-mail-access.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import { type Ask, gatherQuestions } from '../../kernel/db/gather.ts';
import { createPolicyMemory, type PolicyMemory } from './mail-policies.ts';
import { defaultMailSettings, gateSettings } from './settings.ts';
import { selectMailStandings, type StandingColumns } from './standing-queries.ts';

export interface MailQuestion {
  /** As `readMailLogin` gives the name: without a domain of Windows. */
  readonly login: string;
  readonly deviceKey: Uint8Array;
}

/** The lane is the organization. Rejects when the database does not answer. */
export type AskMailStanding = Ask<MailQuestion, MailStanding>;

/** The statement is large: alone, a question costs eight times what it costs among sixteen. Under load that is worth so long a wait. */
const spacingMs = 3;

export function createMailStandings(deps: {
  readonly database: Pick<Database, 'tenantQuery' | 'withTenant'>;
  readonly clock: Clock;
}): AskMailStanding {
  const policies = createPolicyMemory(deps);
  const ask = gatherQuestions<MailQuestion, StandingColumns | undefined>(
    async (organizationId, questions) => {
      const rows = await deps.database.tenantQuery<{ place: number; standing: StandingColumns }>(
        organizationId,
        selectMailStandings,
        [
          questions.map(({ login }) => login.toLowerCase()),
          questions.map(({ deviceKey }) => `\\x${Buffer.from(deviceKey).toString('hex')}`),
        ],
      );
      const standings = Array.from<StandingColumns | undefined>({ length: questions.length });
      for (const { place, standing } of rows) standings[place - 1] = standing;
      return standings;
    },
    { spacingMs },
  );
  return async (organizationId, question) => {
    const columns = await ask(organizationId, question);
    if (columns === undefined) throw new Error('a statement about mail left out a question');
    return toStanding(columns, await policyOf(policies, organizationId, columns));
  };
}

/** Ids under which news may come that change this standing. */
export function concernsOf(
  organizationId: string,
  { user, mailDevice, link }: MailStanding,
): readonly string[] {
  return [organizationId, user?.userId, mailDevice?.mailDeviceId, link?.deviceId].filter(
    (id): id is string => id !== undefined,
  );
}

async function policyOf(
  policies: PolicyMemory,
  organizationId: string,
  [, mailDevice, , link, , version]: StandingColumns,
): Promise<MailStanding['policy']> {
  if (mailDevice === null) return null;
  return policies.find(organizationId, {
    mailDeviceId: mailDevice[0],
    link: link === null ? null : { deviceId: link[0], source: link[5] },
    version,
  });
}

function toStanding(
  [user, mailDevice, count, link, settings, , serverId, serverVersion]: StandingColumns,
  policy: MailStanding['policy'],
): MailStanding {
  return {
    user: user && {
      userId: user[0],
      email: user[1],
      displayName: user[2],
      language: user[3],
      state: user[4],
      passwordSetAt: milliseconds(user[5]),
    },
    mailDevice: mailDevice && toMailDevice(mailDevice),
    mailDeviceCount: count ?? 0,
    link: link && { deviceId: link[0], access: link[1], reasons: reasonsOf(link) },
    settings:
      settings === null
        ? gateSettings(defaultMailSettings)
        : {
            strangers: settings[0],
            enrolBy: milliseconds(settings[1]),
            withoutPolicy: settings[2],
            refreshPolicyMs: settings[3] === null ? null : settings[3] * 3_600_000,
            maximumDevices: settings[4],
          },
    policy,
    server: serverId === null ? null : { serverId, version: serverVersion ?? 0 },
  };
}

function toMailDevice([
  mailDeviceId,
  state,
  firstSeenAt,
  key,
  version,
  acknowledgedAt,
  outcome,
  wiped,
  wipeId,
  wipeKind,
]: NonNullable<StandingColumns[1]>): MailDeviceStanding {
  return {
    mailDeviceId,
    state,
    firstSeenAt: Math.round(firstSeenAt * 1_000),
    wipe: wipeId === null || wipeKind === null ? null : { wipeId, kind: wipeKind },
    policyKey:
      key === null || version === null || acknowledgedAt === null || outcome === null
        ? null
        : { key, version, acknowledgedAt: Math.round(acknowledgedAt * 1_000), outcome },
    wiped,
  };
}

/** The words of the one stored decision. */
function reasonsOf([, access, registered, blocked, evaluation, , barred]: NonNullable<
  StandingColumns[3]
>): readonly Message[] {
  if (access === 'allow') return [];
  // Mail clients show this to whoever holds the device.
  const bar = barred === null ? null : { cause: barred, reason: null };
  const subject = { registered, blocked, bar, evaluation: evaluation && readEvaluation(evaluation) };
  return decideAccess(subject, 'mail').reasons.flatMap(({ says }) => says);
}

const milliseconds = (seconds: number | null): number | null =>
  seconds === null ? null : Math.round(seconds * 1_000);
