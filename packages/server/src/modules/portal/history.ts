// What was done to a person's devices, by whoever it was (MON-07).
import type { MyHistoryEntry } from '@gatehouse/contracts/my/devices.ts';
import type { CommandName } from '@gatehouse/core/commands/catalogue.ts';
import { commandDeed } from '@gatehouse/core/portal/deed-words.ts';
import { type PageAnswer, pageOfRows, type PageRequest } from '../../kernel/http/route.ts';
import { findOwnDevice } from './own-device.ts';
import type { Person, PortalDeps } from './portal-deps.ts';
import { selectOrders } from './queries.ts';

/** Of what the system orders by itself: what the person at the device notices. */
const noticed: readonly CommandName[] = [
  'lock-device',
  'selective-wipe',
  'full-wipe',
  'send-message',
  'restart-device',
  'update-os',
  'clear-passcode',
];

/** Newest first. @throws DomainError `not-found` for another person's device. */
export async function listHistory(
  deps: PortalDeps,
  person: Person,
  deviceId: string | undefined,
  page: PageRequest,
): Promise<PageAnswer<MyHistoryEntry>> {
  const { principal, language } = person;
  const before = page.after === undefined ? null : String(page.after[0]);
  const rows = await deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      if (deviceId !== undefined) await findOwnDevice(tx, person, deviceId);
      return selectOrders(tx, { userId: principal.id, deviceId }, { before, limit: page.limit + 1, noticed });
    },
    { readOnly: true },
  );
  return pageOfRows(
    rows,
    page.limit,
    (row): MyHistoryEntry => ({
      id: row.command_id,
      at: row.created_at.toISOString(),
      deviceId: row.device_id,
      deviceName: row.device_name,
      by: whoIs(row.requested_by, principal.id),
      text: commandDeed(row.name, language),
      state: row.state,
      finishedAt: row.finished_at?.toISOString() ?? null,
    }),
    (row) => [row.command_no],
  );
}

function whoIs(requestedBy: string, userId: string): MyHistoryEntry['by'] {
  if (requestedBy === `user:${userId}`) return 'you';
  return requestedBy.startsWith('system:') ? 'automatic' : 'administrator';
}
