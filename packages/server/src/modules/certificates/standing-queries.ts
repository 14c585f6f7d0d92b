// What must be known at the door for each request of a device: whether its certificate holds at this moment, where the device
// stands, its last contact, and whether anything waits for it. One round trip, so that a check-in with no news needs no further
// reading; and one for all devices of the organization that ask in the same moment.
import type { Database } from '../../kernel/db/database.ts';
import { type Ask, gatherQuestions } from '../../kernel/db/gather.ts';
import { tenantStatement } from '../../kernel/db/sql.ts';
import type { VerifiedCertificate } from './verify-certificate.ts';

/**
 * Each device is looked up by itself and comes as one JSON array: starting a statement with fifteen result columns costs the
 * database and the driver more than finding the rows. The arrays of parameters are read through a sub-query, because their length
 * would otherwise be a reason to plan each execution anew.
 */
export const selectStandings = tenantStatement(
  'certificates-select-standings',
  `select asked.place::int, s.standing
   from unnest((select $2::bytea[]), (select $3::uuid[])) with ordinality as asked (fingerprint, device_id, place)
   cross join lateral (
     select json_build_array(c.first_used_at is not null, c.revoked_at is not null, c.revocation_reason, d.state,
       date_part('epoch', k.last_check_in_at), k.boot_id, k.report_counter, k.acknowledged_policy_version, p.policy_version,
       p.compliant, p.access_network, p.failure_reason, p.remediation,
       case when p.failure_reason is not null
         then (select u.language from users u where u.organization_id = t.org and u.user_id = d.user_id) end,
       (select case when bool_or(m.state = 'queued') then 'queued' else min(m.state) end from commands m
        where m.organization_id = t.org and m.device_id = asked.device_id and m.channel = ''
          and m.finished_at is null)) as standing
     from certificates c
     join devices d on d.organization_id = t.org and d.device_id = c.device_id
     join device_contacts k on k.organization_id = t.org and k.device_id = c.device_id
     join device_posture p on p.organization_id = t.org and p.device_id = c.device_id
     where c.organization_id = t.org and c.fingerprint = asked.fingerprint and c.device_id = asked.device_id
     offset 0
   ) s`,
);

type Columns = readonly [
  used: boolean,
  revoked: boolean,
  revocationReason: string | null,
  state: string,
  /** Seconds since the epoch, with fractions. */
  lastCheckInAt: number | null,
  bootId: string | null,
  reportCounter: number,
  acknowledgedPolicyVersion: string | null,
  policyVersion: string,
  compliant: boolean,
  network: 'allow' | 'quarantine' | 'deny',
  failureReason: string | null,
  remediation: string | null,
  language: string | null,
  commands: 'queued' | 'delivered' | null,
];

export interface Standing {
  readonly used: boolean;
  readonly revoked: boolean;
  readonly revocationReason: string | null;
  readonly state: string;
  readonly contact: {
    /** Milliseconds since the epoch; null before the first check-in. */
    readonly lastCheckInAt: number | null;
    readonly bootId: string | null;
    readonly reportCounter: number;
    readonly acknowledgedPolicyVersion: string | null;
  };
  /** As last evaluated. */
  readonly posture: {
    readonly policyVersion: string;
    readonly compliant: boolean;
    readonly network: 'allow' | 'quarantine' | 'deny';
    readonly reason: string | null;
    readonly remedy: string | null;
    /** In which the user is written to; read only where there is a reason to be told. */
    readonly language: string | null;
  };
  /** queued: one is new. delivered: all that are open were handed over and are not answered yet. */
  readonly openCommands: 'none' | 'queued' | 'delivered';
}

/** Answers with the standing of this very certificate, read after the question; undefined when it is not on record. */
export type AskStanding = Ask<Pick<VerifiedCertificate, 'fingerprint' | 'deviceId'>, Standing | undefined>;

export function createStandings(database: Pick<Database, 'tenantQuery'>): AskStanding {
  return gatherQuestions(async (organizationId, certificates) => {
    const rows = await database.tenantQuery<{ place: number; standing: Columns }>(
      organizationId,
      selectStandings,
      [
        certificates.map(({ fingerprint }) => `\\x${fingerprint}`),
        certificates.map(({ deviceId }) => deviceId),
      ],
    );
    const standings = Array.from<Standing | undefined>({ length: certificates.length });
    for (const { place, standing } of rows) standings[place - 1] = toStanding(standing);
    return standings;
  });
}

function toStanding([
  used,
  revoked,
  revocationReason,
  state,
  lastCheckInAt,
  bootId,
  reportCounter,
  acknowledgedPolicyVersion,
  policyVersion,
  compliant,
  network,
  reason,
  remedy,
  language,
  commands,
]: Columns): Standing {
  return {
    used,
    revoked,
    revocationReason,
    state,
    contact: {
      lastCheckInAt: lastCheckInAt === null ? null : Math.round(lastCheckInAt * 1_000),
      bootId,
      reportCounter,
      acknowledgedPolicyVersion,
    },
    posture: { policyVersion, compliant, network, reason, remedy, language },
    openCommands: commands ?? 'none',
  };
}
