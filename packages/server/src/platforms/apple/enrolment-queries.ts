// What every enrolment writes, for all devices that enrol in the same moment in one statement and one commit: a school unpacks its
// phones on one morning. What needs a decision beside goes the long way, see check-ins/authenticate.ts and token-update.ts.
import type { Database } from '../../kernel/db/database.ts';
import type { Ask } from '../../kernel/db/gather.ts';
import { gatherLocking } from '../../kernel/db/gather-locking.ts';
import { tenantStatement } from '../../kernel/db/sql.ts';
import type { Introduction } from './channel-queries.ts';

// The values travel as one JSON value: as many parameters cost the driver more than the database needs for its work.
const introduceStatement = tenantStatement(
  'apple-introduce-many',
  `select o.device, o.done from apple_introduce($2::jsonb) o where t.org is not null`,
);

const keepTokensStatement = tenantStatement(
  'apple-keep-tokens-many',
  `select o.device, o.done from apple_keep_tokens($2::jsonb) o where t.org is not null`,
);

export interface IntroductionOf extends Introduction {
  readonly deviceId: string;
}

export interface TokensOf {
  readonly deviceId: string;
  /** What the values are sealed for. */
  readonly channelId: string;
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

interface Row {
  readonly device: string;
  readonly done: boolean | null;
}

export function createChannelWrites(database: Pick<Database, 'tenantQuery'>): ChannelWrites {
  return {
    introduce: gatherLocking(async (organizationId, introductions) => {
      const orders = `[${introductions.map(introductionOrder).join(',')}]`;
      const rows = await database.tenantQuery<Row>(organizationId, introduceStatement, [orders]);
      return inOrder(rows, introductions).map((done) => done === true);
    }),
    keepTokens: gatherLocking(async (organizationId, tokens) => {
      const orders = `[${tokens.map(tokensOrder).join(',')}]`;
      const rows = await database.tenantQuery<Row>(organizationId, keepTokensStatement, [orders]);
      return inOrder(rows, tokens);
    }),
  };
}

/** JSON, as gh.apple_introduce reads it. */
export function introductionOrder(introduction: IntroductionOf): string {
  return JSON.stringify({
    device: introduction.deviceId,
    id: introduction.channelId,
    kind: introduction.kind,
    enrollment: introduction.enrollmentKind,
    udid: introduction.udid,
    ref: introduction.enrollmentRef,
    topic: introduction.topic,
    product: introduction.product,
    version: introduction.osVersion,
    said: introduction.said,
    certificate: introduction.certificate,
    at: new Date(introduction.at),
    claimed_udid: introduction.claimed.udid,
    claimed_serial: introduction.claimed.serial,
  });
}

/** JSON, as gh.apple_keep_tokens reads it. */
export function tokensOrder(tokens: TokensOf): string {
  const { record } = tokens;
  const text = JSON.stringify({
    device: tokens.deviceId,
    id: tokens.channelId,
    channel: tokens.channel,
    key_version: tokens.keyVersion,
    at: new Date(tokens.at),
    topic: tokens.topic,
    magic: hex(tokens.pushMagic),
    token: hex(tokens.pushToken),
    unlock: tokens.unlockToken && hex(tokens.unlockToken),
    awaiting: tokens.awaitingConfiguration,
    hash: record?.hash.toString('hex'),
    event: record?.event,
    payload: record?.payload,
  });
  // The entry is JSON already.
  return record === undefined ? text : `${text.slice(0, -1)},"entry":${record.text}}`;
}

function inOrder(
  rows: readonly Row[],
  questions: readonly { readonly deviceId: string }[],
): (boolean | null)[] {
  const found = new Map(rows.map(({ device, done }) => [device, done]));
  return questions.map(({ deviceId }) => found.get(deviceId) ?? null);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
