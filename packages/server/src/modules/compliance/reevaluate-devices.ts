// The reaction to a change of policies: evaluates exactly the devices it concerns, a chunk a job, a few devices a
// transaction, so that check-ins of the same devices wait for milliseconds and other tenants' jobs get their turn.
import { isPlatform } from '@gatehouse/core/devices/device.ts';
import { targetKinds } from '@gatehouse/core/settings/resolve.ts';
import { isUuid } from '../../kernel/ids.ts';
import { enqueue, type JobDefinition } from '../../kernel/jobs/jobs.ts';
import type { Reach } from '../policies/index.ts';
import type { DueDeps } from './evaluate-due.ts';
import { evaluateDevices } from './evaluate-devices.ts';
import { findReached } from './queries.ts';

export const reevaluateDevicesKind = 'reevaluate-devices';

export interface ReevaluatePayload extends Reach {
  /** The chunk begins after the device of this number. */
  readonly after: string;
}

/** A job's share, the devices of one transaction, and transactions at a time: while the database writes one, the next is evaluated. */
const chunk = 5_000;
const batch = 100;
const atOnce = 3;

export function reevaluateKey({ targetKind, targetId, platform, after }: ReevaluatePayload): string {
  return `${targetKind}:${targetId}:${platform ?? '*'}:${after}`;
}

export function reevaluateDevicesJob(deps: DueDeps): JobDefinition<ReevaluatePayload> {
  return {
    parse,
    // Outside the job's own transaction: a thousand devices must not stay locked until the last of them is done.
    async outside(organizationId, payload) {
      const rows = await deps.database.withTenant(
        organizationId,
        (tx) => findReached(tx, payload, payload.after, chunk),
        { readOnly: true },
      );
      const rest = batchesOf(rows.map((row) => row.device_id)).values();
      const evaluateRest = async (): Promise<void> => {
        for (const ids of rest)
          await deps.database.withTenant(organizationId, (tx) =>
            evaluateDevices(deps, tx, ids, deps.clock.now(), 'rules'),
          );
      };
      await Promise.all(Array.from({ length: atOnce }, evaluateRest));
    },
    // The next chunk follows from the first device behind this one; it is added when this job is done, never lost.
    async run(tx, payload) {
      const rows = await findReached(tx, payload, payload.after, chunk + 1);
      const last = rows[chunk - 1];
      if (rows.length <= chunk || !last) return;
      const next = { ...payload, after: last.device_no };
      await enqueue(tx, { kind: reevaluateDevicesKind, key: reevaluateKey(next), payload: next });
    },
  };
}

function batchesOf(ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / batch) }, (_, n) =>
    ids.slice(n * batch, (n + 1) * batch),
  );
}

function parse(input: unknown): ReevaluatePayload {
  const given = (input ?? {}) as Readonly<Record<string, unknown>>;
  const { targetId, platform } = given;
  const after = given['after'] ?? '0';
  const targetKind = targetKinds.find((kind) => kind === given['targetKind']);
  if (targetKind === undefined) throw new TypeError('targetKind is not a kind of target');
  if (typeof targetId !== 'string' || !isUuid(targetId)) throw new TypeError('targetId is not an id');
  if (platform !== null && !isPlatform(platform)) throw new TypeError('platform is not a platform');
  if (typeof after !== 'string' || !/^\d{1,18}$/.test(after))
    throw new TypeError('after is not a device number');
  return { targetKind, targetId, platform, after };
}
