// That a person opened the page of somebody's device: on record for whom it concerns, once in a quarter of an hour and process.
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { recordAudit } from '../audit/index.ts';

const looked = new Map<string, number>();
const lookEveryMs = 15 * 60_000;
const remembered = 50_000;

/** Whether this look is one to record. Programs look at devices all day, and at nobody in particular. */
export function isNewLook(
  { kind, id }: TenantPrincipal,
  deviceId: string,
  now: number = Date.now(),
): boolean {
  if (kind !== 'administrator') return false;
  const key = `${id}/${deviceId}`;
  if (now - (looked.get(key) ?? Number.NEGATIVE_INFINITY) < lookEveryMs) return false;
  if (looked.size >= remembered) looked.clear();
  looked.set(key, now);
  return true;
}

export async function recordLook(tx: TenantTx, actor: TenantPrincipal, deviceId: string): Promise<void> {
  await recordAudit(tx, {
    actor,
    action: 'devices.look',
    target: { kind: 'device', id: deviceId },
    outcome: 'done',
  });
}
