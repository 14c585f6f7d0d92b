// Which enrolled device a mail device is: found by evidence, strong and unique, or said by an administrator. From then on the
// posture of the enrolled device decides, and an approval by hand is void.
import type { MailDevice } from '@gatehouse/contracts/admin/mail.ts';
import { type Actor, systemActor } from '@gatehouse/core/actor.ts';
import { canonicalJson } from '@gatehouse/core/audit/canonical-json.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import {
  automaticLink,
  type LinkCandidate,
  type LinkEvidenceKind,
  type LinkSuggestion,
  suggestLinks,
} from '@gatehouse/core/mail/link-evidence.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { recordAudit } from '../audit/index.ts';
import { findDevice, noSuchDevice } from '../devices/index.ts';
import { announceMailAccess } from './access-news.ts';
import { isIdOfAnother } from './certified-queries.ts';
import { lockMailDeviceRow, type MailDeviceRow } from './device-queries.ts';
import { type CandidateRow, selectCandidates, writeLink, writeSuggestions } from './link-queries.ts';
import { gatewayActor, type MailDeps, type MailInside } from './mail-deps.ts';
import { getMailDevice, noSuchMailDevice } from './list-mail-devices.ts';

const toCandidate = (row: CandidateRow, traits: { readonly deviceKey: string }): LinkCandidate => ({
  deviceId: row.device_id,
  platform: row.platform,
  name: row.name,
  serialNumber: row.serial_number,
  imei: row.imei,
  model: row.model,
  product: row.product,
  reportedMailId:
    row.mail_ids.find((id) => id.toLowerCase() === traits.deviceKey.toLowerCase()) ?? row.mail_ids[0] ?? null,
});

/** Compares the mail device with its user's enrolled ones. What an administrator has said stays. */
export async function linkByEvidence(
  deps: Pick<MailInside, 'clock' | 'events' | 'notifications'>,
  tx: TenantTx,
  mailDeviceId: string,
): Promise<void> {
  const row = await lockMailDeviceRow(tx, mailDeviceId);
  if (!row || row.user_id === null || row.linked_by === 'administrator') return;
  const { certificate_device_id: certified, device_key_text: deviceKey } = row;
  // A certificate says whose it is, and nothing of an id that another device is known to have.
  const isBorrowed = certified !== null && (await isIdOfAnother(tx, deviceKey, certified));
  const traits = {
    deviceKey,
    deviceType: row.device_type,
    model: row.information['model'] ?? null,
    imei: row.information['imei'] ?? null,
    friendlyName: row.information['friendlyName'] ?? null,
    userAgent: row.user_agent,
    certificateDeviceId: isBorrowed ? null : certified,
  };
  const candidates = (await selectCandidates(tx, row.user_id)).map((each) => toCandidate(each, traits));
  const suggestions = suggestLinks(traits, candidates).slice(0, 5);
  const link = automaticLink(suggestions);
  if (link !== undefined && link.deviceId !== row.device_id) {
    const actor = systemActor(gatewayActor, tx.organizationId);
    await setLink(deps, tx, actor, row, { ...link, by: 'automatic', suggestions });
    return;
  }
  if (row.device_id !== null && sameSuggestions(suggestions, row.suggestions)) return;
  await writeSuggestions(tx, mailDeviceId, suggestions, new Date(deps.clock.now()));
}

/** The database has members in an order of its own. */
const sameSuggestions = (a: readonly LinkSuggestion[], b: readonly LinkSuggestion[]): boolean =>
  canonicalJson(a as never) === canonicalJson(b as never);

interface NewLink {
  readonly deviceId: string | null;
  readonly by: 'automatic' | 'administrator';
  readonly evidence: readonly LinkEvidenceKind[];
  readonly suggestions: readonly LinkSuggestion[];
}

/** The row is locked. */
async function setLink(
  deps: Pick<MailInside, 'clock' | 'events' | 'notifications'>,
  tx: TenantTx,
  actor: Actor,
  row: MailDeviceRow,
  { deviceId, by, evidence, suggestions }: NewLink,
): Promise<void> {
  const at = new Date(deps.clock.now());
  await writeLink(tx, row.mail_device_id, {
    deviceId,
    // Also of “none”: what an administrator has said is not found out otherwise again.
    by,
    evidence,
    suggestions,
    // Its posture decides from now on; once it has no link any more, nobody has approved it either.
    state: row.state === 'allowed' ? 'unknown' : row.state,
    at,
  });
  await Promise.all([
    recordAudit(tx, {
      actor,
      ...(actor.kind === 'system' ? { via: 'mail' as const } : {}),
      action: deviceId === null ? 'mail-devices.unlink' : 'mail-devices.link',
      target: { kind: 'mail-device', id: row.mail_device_id },
      outcome: 'done',
      show: { deviceId, before: row.device_id, by, evidence: [...evidence] },
    }),
    deps.events.emit(tx, {
      name: 'mail-device.linked',
      subjectId: row.mail_device_id,
      payload: { mailDeviceId: row.mail_device_id, deviceId, before: row.device_id, by },
    }),
  ]);
  announceMailAccess(tx, deps, row.mail_device_id);
}

/** @throws DomainError `not-found` */
export async function linkMailDevice(
  deps: MailDeps,
  principal: TenantPrincipal,
  mailDeviceId: string,
  deviceId: string,
): Promise<MailDevice> {
  requirePermission(principal, 'mail.approve');
  await deps.database.withTenant(principal.organizationId, async (tx) => {
    const device = await findDevice(tx, deviceId);
    if (!device) throw noSuchDevice();
    if (device.state === 'unmanaged' || device.state === 'pending') {
      throw new DomainError('conflict', 'The device is not under management.', {
        reason: `device-${device.state}`,
      });
    }
    const row = await lockMailDeviceRow(tx, mailDeviceId);
    if (!row) throw noSuchMailDevice();
    const suggested = row.suggestions.find((each) => each.deviceId === deviceId);
    await setLink(deps, tx, principal, row, {
      deviceId,
      by: 'administrator',
      evidence: suggested?.evidence ?? [],
      suggestions: row.suggestions,
    });
  });
  return getMailDevice(deps, principal, mailDeviceId);
}

/** It is no enrolled device, as far as is known: what the organization does with strangers holds for it. */
export async function unlinkMailDevice(
  deps: MailDeps,
  principal: TenantPrincipal,
  mailDeviceId: string,
): Promise<MailDevice> {
  requirePermission(principal, 'mail.approve');
  await deps.database.withTenant(principal.organizationId, async (tx) => {
    const row = await lockMailDeviceRow(tx, mailDeviceId);
    if (!row) throw noSuchMailDevice();
    if (row.device_id === null) return;
    const link = { deviceId: null, by: 'administrator', evidence: [], suggestions: [] } as const;
    await setLink(deps, tx, principal, row, link);
  });
  return getMailDevice(deps, principal, mailDeviceId);
}
