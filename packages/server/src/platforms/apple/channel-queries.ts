// Statements over the channels of Apple devices. `$1` is always the organization.
import type { EnrolmentIdentity, EnrolmentKind } from '@gatehouse/protocols/apple-mdm/index.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';
import type { AppleEnrollmentKind } from './apple-target.ts';
import { forgetItems } from './desired-state/item-queries.ts';

export interface Introduction {
  readonly channelId: string;
  readonly kind: EnrolmentKind;
  readonly enrollmentKind: AppleEnrollmentKind;
  readonly udid: string | null;
  readonly enrollmentRef: string | null;
  readonly topic: string;
  readonly product: string | null;
  readonly osVersion: string | null;
  readonly said: Readonly<Record<string, unknown>>;
  /** Hex. */
  readonly certificate: string;
  readonly at: number;
  /** In the normal form of device_identifiers. */
  readonly claimed: { readonly udid: string | null; readonly serial: string | null };
}

const isFreshStatement = sql(
  'apple-is-fresh-enrollment',
  `select renewal_of is null as fresh from scep_challenges where organization_id = $1 and device_id = $2 and serial = $3`,
);

/** Whether the certificate was given out for an enrolment and not to replace another; undefined when that is not known. */
export async function wasIssuedForEnrollment(
  tx: TenantTx,
  deviceId: string,
  serial: string,
): Promise<boolean | undefined> {
  const values = [tx.organizationId, deviceId, Buffer.from(serial, 'hex')];
  return (await tx.one<{ fresh: boolean }>(isFreshStatement, values))?.fresh;
}

const startOverStatement = sql(
  'apple-start-over',
  `update apple_channels set push_magic = null, push_token = null, push_token_at = null, push_dead_at = null,
     unlock_token = null, bootstrap_token = null, bootstrap_token_at = null, awaiting_configuration = false,
     declarative_at = null, supervised = false, shared_ipad = false, enrolled_at = null
   where organization_id = $1 and device_id = $2 and channel = ''`,
);
const dropUsersStatement = sql(
  'apple-drop-users',
  `delete from apple_channels where organization_id = $1 and device_id = $2 and channel <> ''`,
);

/** What belongs to the enrolment before, secrets above all, goes. */
export async function startChannelsOver(tx: TenantTx, deviceId: string): Promise<void> {
  const values = [tx.organizationId, deviceId];
  await Promise.all([
    tx.run(startOverStatement, values),
    tx.run(dropUsersStatement, values),
    // What it was given went with the profile.
    forgetItems(tx, deviceId),
  ]);
}

const dropUserStatement = sql(
  'apple-drop-user',
  `delete from apple_channels where organization_id = $1 and device_id = $2 and channel = $3 and channel <> ''`,
);

export async function dropUserChannel(tx: TenantTx, deviceId: string, channel: string): Promise<boolean> {
  return (await tx.run(dropUserStatement, [tx.organizationId, deviceId, channel])) === 1;
}

const addUserStatement = sql(
  'apple-add-user',
  `insert into apple_channels (organization_id, device_id, channel, channel_id, kind, enrollment_kind, user_id, user_short_name,
     user_long_name, last_seen_at)
   select $1, $2, $3, $4, $5, d.enrollment_kind, $6, $7, $8, $9 from apple_channels d
   where d.organization_id = $1 and d.device_id = $2 and d.channel = ''
     and (select count(*) from apple_channels u where u.organization_id = $1 and u.device_id = $2) <= $10
   on conflict (organization_id, device_id, channel) do nothing`,
);

/** @returns false when the device has as many users as it may, or this one already. */
export async function addUserChannel(
  tx: TenantTx,
  deviceId: string,
  user: {
    readonly identity: EnrolmentIdentity;
    readonly channelId: string;
    readonly at: number;
    readonly most: number;
  },
): Promise<boolean> {
  const { channel, kind, userId, userShortName, userLongName } = user.identity;
  const added = await tx.run(addUserStatement, [
    tx.organizationId,
    deviceId,
    channel,
    user.channelId,
    kind,
    userId ?? null,
    userShortName ?? null,
    userLongName ?? null,
    new Date(user.at),
    user.most,
  ]);
  return added === 1;
}

const writeTokensStatement = sql(
  'apple-write-tokens',
  `update apple_channels set topic = $4, push_magic = $5, push_token = $6, push_token_at = $7, push_dead_at = null,
     unlock_token = coalesce($8, unlock_token), awaiting_configuration = coalesce($9, awaiting_configuration),
     enrolled_at = coalesce(enrolled_at, $7)
   where organization_id = $1 and device_id = $2 and channel = $3`,
);

export interface TokenRow {
  readonly topic: string;
  readonly pushMagic: Buffer;
  readonly pushToken: Uint8Array;
  /** undefined: the one that is known stays. */
  readonly unlockToken: Buffer | undefined;
  readonly awaitingConfiguration: boolean | undefined;
  readonly at: number;
}

export async function writeTokens(
  tx: TenantTx,
  deviceId: string,
  channel: string,
  row: TokenRow,
): Promise<boolean> {
  const written = await tx.run(writeTokensStatement, [
    tx.organizationId,
    deviceId,
    channel,
    row.topic,
    row.pushMagic,
    Buffer.from(row.pushToken),
    new Date(row.at),
    row.unlockToken ?? null,
    row.awaitingConfiguration ?? null,
  ]);
  return written === 1;
}

const noteSharedStatement = sql(
  'apple-note-shared',
  `update apple_channels set shared_ipad = true
   where organization_id = $1 and device_id = $2 and channel = '' and not shared_ipad`,
);

/** A Shared iPad is known by the users that come. */
export async function noteSharedIpad(tx: TenantTx, deviceId: string): Promise<void> {
  await tx.run(noteSharedStatement, [tx.organizationId, deviceId]);
}

const writeBootstrapStatement = sql(
  'apple-write-bootstrap-token',
  `update apple_channels set bootstrap_token = $3, bootstrap_token_at = $4
   where organization_id = $1 and device_id = $2 and channel = '' and ($3::bytea is not null or bootstrap_token is not null)`,
);

/** @param sealed null: it is forgotten. @returns whether anything changed. */
export async function writeBootstrapToken(
  tx: TenantTx,
  deviceId: string,
  sealed: Buffer | null,
  at: number,
): Promise<boolean> {
  const values = [tx.organizationId, deviceId, sealed, sealed === null ? null : new Date(at)];
  return (await tx.run(writeBootstrapStatement, values)) === 1;
}

const selectSecretsStatement = sql(
  'apple-select-secrets',
  `select channel_id, unlock_token, bootstrap_token from apple_channels
   where organization_id = $1 and device_id = $2 and channel = ''`,
);

export interface SecretsRow {
  readonly channel_id: string;
  readonly unlock_token: Buffer | null;
  readonly bootstrap_token: Buffer | null;
}

export function selectSecrets(tx: TenantTx, deviceId: string): Promise<SecretsRow | undefined> {
  return tx.one<SecretsRow>(selectSecretsStatement, [tx.organizationId, deviceId]);
}

const selectIntroductionStatement = sql(
  'apple-select-introduction',
  `select introduction, udid, authenticated_at from apple_channels where organization_id = $1 and device_id = $2 and channel = ''`,
);

export function selectIntroduction(
  tx: TenantTx,
  deviceId: string,
): Promise<
  | {
      readonly introduction: Readonly<Record<string, unknown>> | null;
      readonly udid: string | null;
      readonly authenticated_at: Date | null;
    }
  | undefined
> {
  return tx.one(selectIntroductionStatement, [tx.organizationId, deviceId]);
}

const sameHardwareStatement = sql(
  'apple-same-hardware',
  `select c.device_id, d.user_id, d.state from apple_channels c
   join devices d on d.organization_id = $1 and d.device_id = c.device_id
   where c.organization_id = $1 and c.udid = $3 and c.channel = '' and c.device_id <> $2
     and d.state in ('registered', 'wiping')
   order by c.device_id limit 20`,
);

/** Other devices under management that call themselves the same. */
export function selectSameHardware(
  tx: TenantTx,
  deviceId: string,
  udid: string,
): Promise<{ readonly device_id: string; readonly user_id: string | null; readonly state: string }[]> {
  return tx.query(sameHardwareStatement, [tx.organizationId, deviceId, udid]);
}
