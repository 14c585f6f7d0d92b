// Who comes, and what is known of them at the door: one statement for all that come in the same moment, see gh.apple_polls in the
// migration 0030-apple-door-in-parts. Who answers a command or may be handed one takes the exchange along: gh.apple_turns in
// 0049-apple-turns.
import { carefulCommands } from '@gatehouse/core/commands/catalogue.ts';
import type { DeviceState, Platform } from '@gatehouse/core/devices/device.ts';
import type { EnrolmentKind } from '@gatehouse/protocols/apple-mdm/index.ts';
import type { Database } from '../../kernel/db/database.ts';
import { type Ask, gatherQuestions } from '../../kernel/db/gather.ts';
import { gatherLocking, oneAtOnce } from '../../kernel/db/gather-locking.ts';
import { tenantStatement } from '../../kernel/db/sql.ts';
import {
  type ExchangeAnswer,
  type ExchangeOrder,
  type ExchangeRow,
  exchangeValues,
  readExchange,
} from '../../modules/commands/index.ts';
import type { AppleEnrollmentKind } from './apple-target.ts';

export interface Arrival {
  /** Of the certificate, hex. */
  readonly fingerprint: string;
  readonly deviceId: string;
  readonly channel: string;
  /** What the message calls the device. */
  readonly deviceKey: string;
  /** It begins a conversation; of what goes on in one, the contact is not written each time. */
  readonly isPoll: boolean;
  /** ms since the epoch */
  readonly at: number;
}

export interface DeviceChannel {
  readonly channelId: string;
  readonly kind: EnrolmentKind;
  readonly enrollmentKind: AppleEnrollmentKind;
  readonly udid: string | null;
  readonly enrollmentRef: string | null;
  readonly product: string | null;
  readonly osVersion: string | null;
  readonly supervised: boolean;
  readonly sharedIpad: boolean;
  /** Of the certificate that the enrolment was made with, hex. */
  readonly certificate: string | null;
  readonly enrolled: boolean;
  readonly awaitingConfiguration: boolean;
  /** ms since the epoch */
  readonly declarativeSince: number | null;
}

export type UserChannel = Pick<
  DeviceChannel,
  'channelId' | 'kind' | 'enrolled' | 'awaitingConfiguration' | 'declarativeSince'
>;

export interface AppleStanding {
  readonly certificate: {
    readonly used: boolean;
    readonly revoked: boolean;
    readonly revocationReason: string | null;
    readonly serial: string;
  };
  readonly state: DeviceState;
  readonly platform: Platform;
  readonly compliant: boolean;
  /** Undefined before the device has said who it is. */
  readonly device: DeviceChannel | undefined;
  /** Of the channel that speaks, when it is a user's. */
  readonly user: UserChannel | undefined;
  /** A command is open on the channel that speaks. */
  readonly waits: boolean;
  /** The contact is written; if not, whoever answers looks closely and writes it. */
  readonly heard: boolean;
}

const arrivalsStatement = tenantStatement(
  'apple-polls',
  `select a.place, a.standing, a.waits, a.heard, a.closer, a.commands
   from apple_polls($2, $3, $4, $5, $6, $7, $8::text[]) a where t.org is not null`,
);

type Columns = readonly [
  used: boolean,
  revoked: boolean,
  revocationReason: string | null,
  serial: string,
  state: DeviceState,
  platform: Platform,
  compliant: boolean,
  device:
    | readonly [
        channelId: string,
        kind: EnrolmentKind,
        enrollmentKind: AppleEnrollmentKind,
        udid: string | null,
        enrollmentRef: string | null,
        product: string | null,
        osVersion: string | null,
        supervised: boolean,
        sharedIpad: boolean,
        certificate: string | null,
        enrolled: boolean,
        awaitingConfiguration: boolean,
        declarativeSince: number | null,
      ]
    | null,
  user:
    | readonly [
        channelId: string,
        kind: EnrolmentKind,
        enrolled: boolean,
        awaitingConfiguration: boolean,
        declarativeSince: number | null,
      ]
    | null,
];

export interface Row {
  readonly place: number;
  readonly standing: Columns;
  readonly waits: boolean;
  readonly heard: boolean;
}

type PollRow =
  | Row
  | (Pick<ExchangeAnswer, 'closer' | 'commands'> & { readonly place: number; readonly standing: null });

type TurnRow = Row | (ExchangeRow & { readonly standing: null });

type TenantQueries = Pick<Database, 'tenantQuery'>;

export interface Arrived {
  /** Undefined when the certificate is not on record. */
  readonly standing: AppleStanding | undefined;
  /** What came of the exchange; undefined when there was none, as for whoever was not heard. */
  readonly told: ExchangeAnswer | undefined;
}

export type AskArrival = Ask<Arrival, Arrived>;

export function createArrivals(database: TenantQueries): AskArrival {
  return gatherQuestions((organizationId, arrivals) => askArrivals(database, organizationId, arrivals));
}

/** Whoever polls, is heard and has something waiting is handed it at once; that is committed then. */
async function askArrivals(
  database: TenantQueries,
  organizationId: string,
  arrivals: readonly Arrival[],
): Promise<readonly Arrived[]> {
  const rows = await database.tenantQuery<PollRow>(organizationId, arrivalsStatement, [
    ...columnsOf(arrivals),
    carefulCommands,
  ]);
  const arrived = arrivals.map((): Arrived => ({ standing: undefined, told: undefined }));
  for (const row of rows) {
    const standing = row.standing === null ? arrived[row.place]?.standing : toStanding(row);
    const told = row.standing === null ? { ...handed, ...row } : undefined;
    arrived[row.place] = { standing, told };
  }
  return arrived;
}

function columnsOf(arrivals: readonly Arrival[]): unknown[][] {
  return [
    arrivals.map(({ fingerprint }) => `\\x${fingerprint}`),
    arrivals.map(({ deviceId }) => deviceId),
    arrivals.map(({ channel }) => channel),
    arrivals.map(({ deviceKey }) => deviceKey),
    arrivals.map(({ isPoll }) => isPoll),
    arrivals.map(({ at }) => at),
  ];
}

/** Of a hand-over without an answer. */
const handed = { refused: false, state: null, step: null } as const;

const turnsStatement = tenantStatement(
  'apple-turns',
  `select a.place, a.standing, a.waits, a.heard, a.refused, a.state, a.step, a.closer, a.commands
   from apple_turns($2, $3, $4, $5, $6, $7, $8::jsonb, $9::jsonb, $10::text[]) a where t.org is not null`,
);

/** Somebody who polls, or answers; who answers is waited for, should another transaction hold the device. */
export interface Turn {
  readonly deviceId: string;
  readonly arrival: Arrival;
  readonly order: ExchangeOrder;
}

export type AskTurn = Ask<Turn, Arrived>;

/** Answers when everything is committed. Where all only poll, nobody waits for the disk unless something is handed over. */
export function createTurns(database: TenantQueries): AskTurn {
  return gatherLocking(async (organizationId, turns) => {
    const arrivals = turns.map(({ arrival }) => arrival);
    if (turns.every(({ order }) => order.answer === undefined))
      return askArrivals(database, organizationId, arrivals);
    const rows = await database.tenantQuery<TurnRow>(organizationId, turnsStatement, [
      ...columnsOf(arrivals),
      ...exchangeValues(turns.map(({ order }) => order)),
    ]);
    const standings = turns.map((): AppleStanding | undefined => undefined);
    const exchanged: ExchangeRow[] = [];
    for (const row of rows) {
      if (row.standing === null) exchanged.push(row);
      else standings[row.place] = toStanding(row);
    }
    const heard = turns.map(({ order }, place) => (standings[place]?.heard === true ? order : undefined));
    const told = readExchange(heard, exchanged);
    return standings.map((standing, place) => ({
      standing,
      told: heard[place] === undefined ? undefined : told[place],
    }));
  }, oneAtOnce);
}

export function toStanding({ standing, waits, heard }: Row): AppleStanding {
  const [used, revoked, revocationReason, serial, state, platform, compliant, device, user] = standing;
  return {
    certificate: { used, revoked, revocationReason, serial },
    state,
    platform,
    compliant,
    device: device === null ? undefined : toDeviceChannel(device),
    user: user === null ? undefined : toUserChannel(user),
    waits,
    heard,
  };
}

function toDeviceChannel([
  channelId,
  kind,
  enrollmentKind,
  udid,
  enrollmentRef,
  product,
  osVersion,
  supervised,
  sharedIpad,
  certificate,
  enrolled,
  awaitingConfiguration,
  declarativeSince,
]: NonNullable<Columns[7]>): DeviceChannel {
  return {
    channelId,
    kind,
    enrollmentKind,
    udid,
    enrollmentRef,
    product,
    osVersion,
    supervised,
    sharedIpad,
    certificate,
    enrolled,
    awaitingConfiguration,
    declarativeSince,
  };
}

function toUserChannel([channelId, kind, enrolled, awaitingConfiguration, declarativeSince]: NonNullable<
  Columns[8]
>): UserChannel {
  return { channelId, kind, enrolled, awaitingConfiguration, declarativeSince };
}
