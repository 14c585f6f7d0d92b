// What every enrolment writes, for all devices that enrol in the same moment in one statement and one commit: a school unpacks its
// phones on one morning. What needs a decision beside goes the long way, see check-ins/authenticate.ts and token-update.ts.
import type { Database } from '../../kernel/db/database.ts';
import { type Ask, gatherQuestions } from '../../kernel/db/gather.ts';
import { tenantStatement } from '../../kernel/db/sql.ts';
import type { Introduction } from './channel-queries.ts';

// The values travel as one JSON value: as many parameters cost the driver more than the database needs for its work.
const introduceStatement = tenantStatement(
  'apple-introduce-many',
  `select o.device, o.done from apple_introduce($2::jsonb) o where t.org is not null`,
);

const keepTokensStatement = tenantStatement(
  'apple-keep-tokens-many',
  `select o.device, o.channel, o.done from apple_keep_tokens($2::jsonb) o where t.org is not null`,
);

export interface IntroductionOf extends Introduction {
  readonly deviceId: string;
}

export interface TokensOf {
  readonly deviceId: string;
  readonly channel: string;
  /** Of the data key that the values are sealed under. */
  readonly keyVersion: number;
  readonly at: number;
  readonly topic: string;
  readonly pushMagic: Uint8Array;
  readonly pushToken: Uint8Array;
  readonly unlockToken: Uint8Array | undefined;
  readonly awaitingConfiguration: boolean | undefined;
  /** When the channel becomes ready by this. */
  readonly record:
    | { readonly text: string; readonly hash: Buffer; readonly event: string; readonly payload: unknown }
    | undefined;
}

export interface ChannelWrites {
  /** False for hardware that an administrator has blocked. */
  readonly introduce: Ask<IntroductionOf, boolean>;
  /** False when there is no such channel; null when the values must be sealed anew. */
  readonly keepTokens: Ask<TokensOf, boolean | null>;
}

type Queries = Pick<Database, 'tenantQuery'>;
interface Row {
  readonly device: string;
  /** Of a device that says who it is, there is one. */
  readonly channel?: string;
  readonly done: boolean | null;
}

const gathering = { atOnce: 2 } as const;

export function createChannelWrites(database: Queries): ChannelWrites {
  return {
    introduce: gatherQuestions(async (organizationId, introductions) => {
      const orders = introductions.map((each) => ({
        device: each.deviceId,
        channel: undefined,
        text: JSON.stringify({
          device: each.deviceId,
          id: each.channelId,
          kind: each.kind,
          enrollment: each.enrollmentKind,
          udid: each.udid,
          ref: each.enrollmentRef,
          topic: each.topic,
          product: each.product,
          version: each.osVersion,
          said: each.said,
          certificate: each.certificate,
          at: new Date(each.at),
          claimed_udid: each.claimed.udid,
          claimed_serial: each.claimed.serial,
        }),
      }));
      const rows = await database.tenantQuery<Row>(organizationId, introduceStatement, [inOneOrder(orders)]);
      return inPlace(rows, orders).map((done) => done === true);
    }, gathering),
    keepTokens: gatherQuestions(async (organizationId, tokens) => {
      const orders = tokens.map((each) => ({
        device: each.deviceId,
        channel: each.channel,
        text: textOf(each),
      }));
      const rows = await database.tenantQuery<Row>(organizationId, keepTokensStatement, [inOneOrder(orders)]);
      return inPlace(rows, orders);
    }, gathering),
  };
}

function textOf(tokens: TokensOf): string {
  const text = JSON.stringify({
    device: tokens.deviceId,
    channel: tokens.channel,
    key_version: tokens.keyVersion,
    at: new Date(tokens.at),
    topic: tokens.topic,
    magic: hex(tokens.pushMagic),
    token: hex(tokens.pushToken),
    unlock: tokens.unlockToken && hex(tokens.unlockToken),
    awaiting: tokens.awaitingConfiguration,
    hash: tokens.record?.hash.toString('hex'),
    event: tokens.record?.event,
    payload: tokens.record?.payload,
  });
  // The entry is JSON already.
  return tokens.record === undefined ? text : `${text.slice(0, -1)},"entry":${tokens.record.text}}`;
}

interface Order {
  readonly device: string;
  readonly channel: string | undefined;
  /** JSON. */
  readonly text: string;
}

const nameOf = ({ device, channel = '' }: Pick<Order | Row, 'device' | 'channel'>) => `${device} ${channel}`;

/**
 * Two statements with the same devices must not lock them in different orders; and no statement may change a row twice, so of
 * what one channel says at once the last counts.
 */
function inOneOrder(orders: readonly Order[]): string {
  const texts = new Map(orders.map((order) => [nameOf(order), order.text]));
  const sorted = [...texts].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `[${sorted.map(([, text]) => text).join(',')}]`;
}

function inPlace(rows: readonly Row[], orders: readonly Order[]): (boolean | null)[] {
  const found = new Map(rows.map((row) => [nameOf(row), row.done]));
  return orders.map((order) => found.get(nameOf(order)) ?? null);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
