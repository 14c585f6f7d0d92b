// For tests: an organization with Apple devices, a simulated Apple, and what the integration is handed.
import { randomBytes } from 'node:crypto';
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import type { TestDatabase } from '../../../kernel/db/test-database.ts';
import { createEvents } from '../../../kernel/events.ts';
import type { TenantPrincipal } from '../../../kernel/http/route.ts';
import { newId } from '../../../kernel/ids.ts';
import { createLog } from '../../../kernel/log.ts';
import { masterKeysOf } from '../../../kernel/sealed/master-key.ts';
import { createSealer } from '../../../kernel/sealed/sealer.ts';
import { superuserOf, type TestFleet } from '../../../modules/devices/test-fleet.ts';
import type { PushDeps } from './push-deps.ts';

const keys = masterKeysOf([randomBytes(32)]);

export interface TestChannel {
  readonly deviceId: string;
  readonly token: Buffer;
  readonly magic: string;
}

export interface TestPush extends PushDeps {
  /** What was logged at warning level and above. */
  readonly logged: string[];
  advance(milliseconds: number): void;
  administrator(fleet: TestFleet, role?: string): TenantPrincipal;
  addChannel(
    fleet: TestFleet,
    topic: string,
    options?: { readonly deviceId?: string; readonly channel?: string; readonly tokenAt?: number },
  ): Promise<TestChannel>;
  /** A command as the queue holds it. */
  queue(fleet: TestFleet, deviceId: string, options?: { channel?: string; state?: string }): Promise<string>;
  rows<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Names of what happened, in order. */
  happened(fleet: TestFleet): Promise<string[]>;
}

export function createTestPush(db: TestDatabase, start: number): TestPush {
  let now = start;
  const logged: string[] = [];
  const sealer = createSealer(() => keys);
  const rows = async <Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> =>
    (await (await superuserOf(db)).query(text, values as unknown[])).rows as Row[];
  return {
    database: db.database,
    sealer,
    clock: { now: () => now },
    log: createLog({ level: 'warn', console: (line) => void logged.push(line) }),
    events: createEvents({}, () => undefined),
    notifications: { publish: () => undefined },
    logged,
    advance: (milliseconds) => void (now += milliseconds),
    administrator: (fleet, role = 'org-admin') => ({
      kind: 'administrator',
      id: newId(),
      organizationId: fleet.organizationId,
      label: role,
      role,
      permissions: effectivePermissions(role),
      empoweredAt: 0,
    }),
    async addChannel(fleet, topic, { deviceId: known, channel = '', tokenAt = now } = {}) {
      const deviceId = known ?? (await fleet.addDevice({ platform: 'ios', name: 'phone' }));
      const [channelId, token, magic] = [newId(), randomBytes(32), `magic ${deviceId} ${channel}`];
      const sealed = await db.database.withTenant(fleet.organizationId, (tx) =>
        sealer.seal(tx, 'apple_channels.push_magic', channelId, Buffer.from(magic)),
      );
      await rows(
        `insert into apple_channels (organization_id, device_id, channel, channel_id, kind, topic, push_magic, push_token,
           push_token_at, enrolled_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)`,
        [
          fleet.organizationId,
          deviceId,
          channel,
          channelId,
          channel === '' ? 'device' : 'user',
          topic,
          sealed,
          token,
          new Date(tokenAt),
        ],
      );
      return { deviceId, token, magic };
    },
    async queue(fleet, deviceId, { channel = '', state = 'queued' } = {}) {
      const commandId = newId();
      await rows(
        `insert into commands (organization_id, command_id, device_id, channel, name, params, requested_by, created_at,
           expires_at, state, delivered_at)
         values ($1, $2, $3, $4, 'refresh-device', '{}', 'test', $5, $6, $7, $8)`,
        [
          fleet.organizationId,
          commandId,
          deviceId,
          channel,
          new Date(now),
          new Date(now + 7 * 86_400_000),
          state,
          state === 'delivered' ? new Date(now) : null,
        ],
      );
      return commandId;
    },
    rows,
    async happened(fleet) {
      const found = await rows<{ name: string }>(
        `select name from events where organization_id = $1 and name like 'apple.%' order by event_id`,
        [fleet.organizationId],
      );
      return found.map(({ name }) => name);
    },
  };
}
