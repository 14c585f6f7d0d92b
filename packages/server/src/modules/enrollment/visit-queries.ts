// Statements over visits of the enrolment page. `$1` is always the organization.
import type { Access } from '@gatehouse/core/compliance/gate.ts';
import type { Platform } from '@gatehouse/core/devices/device.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql, tenantStatement } from '../../kernel/db/sql.ts';
import type { EnrollmentState } from './queries.ts';

export interface VisitRow {
  readonly visit_id: string;
  readonly secret_hash: Buffer;
  readonly user_id: string | null;
  readonly user_state: string | null;
  readonly email: string | null;
  readonly display_name: string | null;
  readonly signed_in_by: 'code' | 'password';
  readonly language: string;
  readonly offer_expires_at: Date | null;
  readonly offer_used_at: Date | null;
  readonly offers: number;
  readonly device_id: string | null;
  readonly device_state: string | null;
  readonly expires_at: Date;
  readonly enrollment_id: string | null;
  readonly platform: string | null;
  readonly ownership: 'corporate' | 'personal' | 'unspecified' | null;
  readonly enrollment_state: EnrollmentState | null;
  readonly enrollment_device_id: string | null;
  readonly enrollment_expires_at: Date | null;
}

/** Everything about a visit in one round trip. */
export const selectVisit = tenantStatement(
  'enrollment-visit-select',
  `select v.visit_id, v.secret_hash, v.user_id, u.state as user_state, u.email, u.display_name, v.signed_in_by, v.language,
     v.offer_expires_at, v.offer_used_at, v.offers, coalesce(d.device_id, a.device_id) as device_id,
     coalesce(d.state, a.state) as device_state, v.expires_at,
     e.enrollment_id, e.platform, e.ownership, e.state as enrollment_state, e.device_id as enrollment_device_id,
     e.expires_at as enrollment_expires_at
   from enrollment_visits v
   left join users u on u.organization_id = t.org and u.user_id = v.user_id
   left join enrollments e on e.organization_id = t.org and e.enrollment_id = v.enrollment_id
   -- An agent that used the code is found by the enrolment, a phone by the visit that handed it its profile.
   left join devices d on d.organization_id = t.org and d.device_id = v.device_id
   left join devices a on a.organization_id = t.org and a.device_id = e.device_id and v.device_id is null and e.state = 'completed'
   where v.organization_id = t.org and v.visit_id = $2`,
);

export interface ArrivedRow {
  readonly access_network: Access;
  readonly policy_version: string;
  readonly acknowledged_policy_version: string | null;
}

const arrived = sql(
  'enrollment-visit-arrived',
  `select p.access_network, p.policy_version, c.acknowledged_policy_version
   from device_posture p
   join device_contacts c on c.organization_id = $1 and c.device_id = $2
   where p.organization_id = $1 and p.device_id = $2`,
);

/** What has been decided of the device, and which policy it says it has. */
export function selectArrived(tx: TenantTx, deviceId: string): Promise<ArrivedRow | undefined> {
  return tx.one(arrived, [tx.organizationId, deviceId]);
}

const owned = sql(
  'enrollment-visit-owned',
  `select name, platform from devices where organization_id = $1 and user_id = $2 and state = 'registered'
   order by device_no desc limit 5`,
);

/** What the person has enrolled before: perhaps the very device in the hand. */
export function selectOwned(
  tx: TenantTx,
  userId: string,
): Promise<{ readonly name: string; readonly platform: Platform }[]> {
  return tx.query(owned, [tx.organizationId, userId]);
}

const purge = sql(
  'enrollment-visits-purge',
  `delete from enrollment_visits where organization_id = $1 and expires_at <= $2`,
);
const insert = sql(
  'enrollment-visits-insert',
  `insert into enrollment_visits (organization_id, visit_id, secret_hash, user_id, enrollment_id, signed_in_by, language,
     created_at, expires_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
);

export async function insertVisit(
  tx: TenantTx,
  visit: {
    id: string;
    secretHash: Buffer;
    userId: string | null;
    enrollmentId: string | null;
    signedInBy: 'code' | 'password';
    language: string;
    createdAt: Date;
    expiresAt: Date;
  },
): Promise<void> {
  await tx.run(purge, [tx.organizationId, visit.createdAt]);
  await tx.run(insert, [
    tx.organizationId,
    visit.id,
    visit.secretHash,
    visit.userId,
    visit.enrollmentId,
    visit.signedInBy,
    visit.language,
    visit.createdAt,
    visit.expiresAt,
  ]);
}

const setEnrollment = sql(
  'enrollment-visits-set-enrollment',
  `update enrollment_visits set enrollment_id = $3
   where organization_id = $1 and visit_id = $2 and enrollment_id is null`,
);

export async function setVisitEnrollment(
  tx: TenantTx,
  visitId: string,
  enrollmentId: string,
): Promise<boolean> {
  return (await tx.run(setEnrollment, [tx.organizationId, visitId, enrollmentId])) === 1;
}

const offer = sql(
  'enrollment-visits-offer',
  `update enrollment_visits set offer_expires_at = $3, offer_used_at = null, offers = offers + 1
   where organization_id = $1 and visit_id = $2 and offers < $4`,
);

/** @returns false when it was offered too often. */
export async function makeOfferTo(
  tx: TenantTx,
  visitId: string,
  until: Date,
  most: number,
): Promise<boolean> {
  return (await tx.run(offer, [tx.organizationId, visitId, until, most])) === 1;
}

const useOffer = sql(
  'enrollment-visits-use-offer',
  `update enrollment_visits set offer_used_at = $3
   where organization_id = $1 and visit_id = $2 and offer_used_at is null and offer_expires_at > $3`,
);

/** The one step that uses an offer up (APL-03). */
export async function claimOffer(tx: TenantTx, visitId: string, now: Date): Promise<boolean> {
  return (await tx.run(useOffer, [tx.organizationId, visitId, now])) === 1;
}

const setDevice = sql(
  'enrollment-visits-set-device',
  `update enrollment_visits set device_id = $3 where organization_id = $1 and visit_id = $2`,
);

export async function setVisitDevice(tx: TenantTx, visitId: string, deviceId: string): Promise<void> {
  await tx.run(setDevice, [tx.organizationId, visitId, deviceId]);
}

const remove = sql(
  'enrollment-visits-delete',
  `delete from enrollment_visits where organization_id = $1 and visit_id = $2`,
);

export async function deleteVisit(tx: TenantTx, visitId: string): Promise<void> {
  await tx.run(remove, [tx.organizationId, visitId]);
}
