// What every enrolment writes, for all devices that enrol in the same moment in one statement and one commit: a school unpacks its
// phones on one morning. What needs a decision beside goes the long way, see check-ins/authenticate.ts and token-update.ts.
import type { Database } from '../../kernel/db/database.ts';
import { type Ask, gatherQuestions } from '../../kernel/db/gather.ts';
import { tenantStatement } from '../../kernel/db/sql.ts';
import type { Introduction } from './channel-queries.ts';

// The values travel as one JSON value: as many parameters cost the driver more than the database needs for its work.
const introduceStatement = tenantStatement(
  'apple-introduce-many',
  `select o.place, apple_introduce(o.device, o.id, o.kind, o.enrollment, o.udid, o.ref, o.topic, o.product, o.version, o.said,
     o.certificate, o.at, o.claimed_udid, o.claimed_serial) as done
   from jsonb_to_recordset($2::jsonb) as o (place integer, device uuid, id uuid, kind text, enrollment text, udid text, ref text,
     topic text, product text, version text, said jsonb, certificate text, at timestamptz, claimed_udid text, claimed_serial text)
   where t.org is not null`,
);

const keepTokensStatement = tenantStatement(
  'apple-keep-tokens-many',
  `select o.place, apple_keep_tokens(o.device, o.channel, o.key_version, o.at, o.topic, o.magic, o.token, o.unlock, o.awaiting,
     o.entry, o.hash, o.event, o.payload) as done
   from jsonb_to_recordset($2::jsonb) as o (place integer, device uuid, channel text, key_version integer, at timestamptz, topic text,
     magic text, token text, unlock text, awaiting boolean, entry jsonb, hash text, event text, payload jsonb)
   where t.org is not null`,
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
  readonly place: number;
  readonly done: boolean | null;
}

const gathering = { atOnce: 2 } as const;

export function createChannelWrites(database: Queries): ChannelWrites {
  return {
    introduce: gatherQuestions(async (organizationId, introductions) => {
      const orders = introductions.map((each, place) => ({
        place,
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
      }));
      const rows = await database.tenantQuery<Row>(organizationId, introduceStatement, [inOneOrder(orders)]);
      return inPlace(rows, introductions.length).map((done) => done === true);
    }, gathering),
    keepTokens: gatherQuestions(async (organizationId, tokens) => {
      const orders = tokens.map((each, place) => ({
        place,
        device: each.deviceId,
        channel: each.channel,
        key_version: each.keyVersion,
        at: new Date(each.at),
        topic: each.topic,
        magic: hex(each.pushMagic),
        token: hex(each.pushToken),
        unlock: each.unlockToken && hex(each.unlockToken),
        awaiting: each.awaitingConfiguration,
        entry: each.record && (JSON.parse(each.record.text) as unknown),
        hash: each.record?.hash.toString('hex'),
        event: each.record?.event,
        payload: each.record?.payload,
      }));
      const rows = await database.tenantQuery<Row>(organizationId, keepTokensStatement, [inOneOrder(orders)]);
      return inPlace(rows, tokens.length);
    }, gathering),
  };
}

/** Two statements with the same devices must not lock them in different orders. */
function inOneOrder(orders: readonly { readonly device: string }[]): string {
  return JSON.stringify(orders.toSorted((a, b) => (a.device < b.device ? -1 : 1)));
}

function inPlace(rows: readonly Row[], count: number): (boolean | null)[] {
  const found = new Map(rows.map(({ place, done }) => [place, done]));
  return Array.from({ length: count }, (_, place) => found.get(place) ?? null);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
