// One thing of every kind that a route can name, made through the API itself, for tests that try to reach it from outside.
import { randomBytes } from 'node:crypto';
import { defaultSchedule } from '@gatehouse/core/schedules/schedule.ts';
import type { AdminRoute } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { createPendingDevice, registerDevice } from '../../modules/devices/index.ts';
import type { TestAdminSurface, TestOrganization } from './test-surface.ts';

/** Ids by the name of the path parameter. */
export type ThingIds = Readonly<Record<string, string>>;

export async function createForeignThings(
  surface: TestAdminSurface,
  organization: TestOrganization,
): Promise<ThingIds> {
  const { token } = organization.administrators['org-admin'];
  const make = async (path: string, body: unknown): Promise<string> => {
    const answer = await surface.call(token, 'POST', path, { body });
    if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.body}`);
    return (answer.json() as { id: string }).id;
  };
  const userId = await make('/users', { email: `thing@${organization.slug}.example` });
  const groupId = await make('/groups', { name: 'things' });
  const watchListId = await make('/watch-lists', { name: 'things', expression: 'posture.compliant' });
  const selectionId = await make('/device-selections', { identifiers: ['things'] });
  const viewId = await make('/saved-views', { name: 'things', query: '', shared: true });
  const roleId = await make('/roles', { name: 'things', permissions: ['devices.read'] });
  const tokenId = await make('/tokens', { role: 'auditor', expiresInSeconds: 3_600 });
  const enrollmentId = await make('/enrollments', { user: userId, platform: 'linux' });
  const termsId = await make('/terms', { kind: 'licence', title: 'things', text: 'Things.' });
  const invited = await surface.call(token, 'POST', '/invitations', {
    body: { users: [userId], platform: 'linux', delivery: 'link' },
  });
  const [line] = (invited.json() as { lines: { invitationId: string }[] }).lines;
  await surface.call(token, 'POST', '/apple/push-certificate/request', { body: {} });
  const policyId = await make('/policies', { name: 'things', settings: {} });
  const approvalId = await make('/destructive-budget/changes', { minimumBudget: 7, reason: 'things' });
  const blockId = await make('/hardware-blocks', { kind: 'serial', value: 'THING-1', reason: 'things' });
  const scheduleId = await make('/schedules', { name: 'things', schedule: defaultSchedule });
  const resourceId = await make('/resources', {
    kind: 'wifi',
    name: 'things',
    fields: { ssid: 'things', security: 'personal', password: randomBytes(12).toString('hex') },
  });
  const ruleId = await make('/compliance-rules', { name: 'things', kind: 'encryption', demand: {} });
  const assignmentId = await make('/assignments', {
    item: { kind: 'policy', id: policyId },
    target: { kind: 'group', id: groupId },
  });
  const nasId = await make('/network-access/nas', {
    name: 'things',
    address: '192.0.2.1',
    template: 'generic',
  });
  const iseId = await make('/network-access/ise', {
    name: 'things',
    mntUrl: 'https://ise.example',
    userName: 'things',
    password: randomBytes(12).toString('hex'),
  });
  const simulationId = await make('/simulations', {
    change: { kind: 'assignment-removed', assignmentId },
  });
  const rows = await rowsOf(surface, organization, userId);
  const exceptionId = await make(`/devices/${rows['deviceId']}/exceptions`, {
    rule: 'encryption',
    reason: 'things',
  });
  const webhookId = await make('/webhooks', {
    name: 'things',
    url: 'https://receiver.example/things',
    events: ['user.created'],
  });
  const pinged = await surface.call(token, 'POST', `/webhooks/${webhookId}/ping`);
  const { deliveryId } = pinged.json() as { deliveryId: string };
  await surface.call(token, 'POST', `/webhooks/${webhookId}/secret`);
  const mailServerId = await make('/mail-servers', {
    name: 'things',
    url: 'https://mail.example/Microsoft-Server-ActiveSync',
    userHeader: 'x-user',
    secretHeader: 'x-secret',
    secret: randomBytes(12).toString('hex'),
  });
  const mailProbeId = await make('/mail-probes', { mailServerId });
  const mailAssignmentId = await make(`/mail-servers/${mailServerId}/assignments`, {
    targetKind: 'domain',
    target: 'things.example',
  });
  const rolloutId = await make('/rollouts', {
    item: { kind: 'policy', id: policyId },
    settings: {},
    rings: [{ percent: 100 }],
  });
  return {
    mailServerId,
    mailProbeId,
    mailAssignmentId,
    webhookId,
    deliveryId,
    rolloutId,
    nasId,
    iseId,
    approvalId,
    blockId,
    simulationId,
    policyId,
    scheduleId,
    resourceId,
    ruleId,
    assignmentId,
    userId,
    groupId,
    watchListId,
    selectionId,
    viewId,
    roleId,
    tokenId,
    sessionId: tokenId,
    passkeyId: await passkeyOf(surface, organization),
    enrollmentId,
    termsId,
    invitationId: line?.invitationId ?? '',
    administratorId: organization.administrators.auditor.id,
    ...rows,
    exceptionId,
    alertId: await alertOf(surface, token),
  };
}

async function passkeyOf(
  surface: TestAdminSurface,
  { id, administrators }: TestOrganization,
): Promise<string> {
  const passkeyId = newId();
  await (await surface.db.superuser()).query(
    `insert into passkeys (organization_id, passkey_id, administrator_id, credential_id, public_key, counter, name, backed_up,
       created_at)
     values ($1, $2, $3, $4, '', 0, 'thing', false, now())`,
    [id, passkeyId, administrators.auditor.id, randomBytes(32)],
  );
  return passkeyId;
}

/** Asking for another budget has raised one. */
async function alertOf(surface: TestAdminSurface, token: string): Promise<string> {
  const { items } = (await surface.call(token, 'GET', '/alerts')).json() as { items: { id: string }[] };
  return items[0]?.id ?? '';
}

/** What devices and the system make, not administrators. */
async function rowsOf(
  surface: TestAdminSurface,
  { id }: TestOrganization,
  userId: string,
): Promise<Record<string, string>> {
  const { deviceId } = await surface.db.database.withTenant(id, async (tx) => {
    const device = {
      userId,
      platform: 'linux',
      ownership: 'corporate',
      enrollmentId: null,
      name: 'thing',
    } as const;
    const made = await createPendingDevice(tx, device);
    await registerDevice(tx, made.deviceId);
    return made;
  });
  const admin = await surface.db.superuser();
  const job = await admin.query(
    `insert into jobs (organization_id, kind, payload, state) values ($1, 'thing', '{}', 'dead') returning job_id`,
    [id],
  );
  const commandId = newId();
  await admin.query(
    `insert into commands (organization_id, command_id, device_id, name, params, requested_by, expires_at)
     values ($1, $2, $3, 'lock-device', '{}', 'local:0', now() + interval '1 day')`,
    [id, commandId, deviceId],
  );
  const runId = newId();
  await admin.query(
    `insert into playbook_runs (organization_id, run_id, device_id, playbook, ownership, state, reason, started_by, started_at)
     values ($1, $2, $3, 'found', 'corporate', 'done', 'things', 'local:0', now())`,
    [id, runId, deviceId],
  );
  await admin.query(
    `insert into apple_channels (organization_id, device_id, channel_id, kind, udid)
     values ($1, $2, $3, 'device', 'THING')`,
    [id, deviceId, newId()],
  );
  const { sealer } = surface.deps;
  const [escrowId, recipientId] = [newId(), newId()];
  const [content, key, escrowed, recipientKey] = await surface.db.database.withTenant(id, async (tx) => [
    await sealer.seal(tx, 'apple_contents.content', 'thing', randomBytes(24)),
    await sealer.seal(tx, 'apple_token_keys.key', 'thing', randomBytes(32)),
    await sealer.seal(tx, 'device_escrow.sealed', escrowId, Buffer.from(randomBytes(8).toString('hex'))),
    await sealer.seal(tx, 'escrow_recipients.private_key', recipientId, randomBytes(32)),
  ]);
  await admin.query(
    `insert into device_escrow (organization_id, escrow_id, device_id, kind, sealed, created_at)
     values ($1, $2, $3, 'lock-pin', $4, now())`,
    [id, escrowId, deviceId, escrowed],
  );
  await admin.query(
    `insert into escrow_recipients (organization_id, recipient_id, certificate, private_key, created_at)
     values ($1, $2, 'thing', $3, now())`,
    [id, recipientId, recipientKey],
  );
  await admin.query(`insert into apple_contents (organization_id, token, content) values ($1, 'thing', $2)`, [
    id,
    content,
  ]);
  await admin.query(`insert into apple_token_keys (organization_id, key_id, key) values ($1, 'thing', $2)`, [
    id,
    key,
  ]);
  const mailDeviceId = newId();
  await admin.query(
    `insert into mail_devices (organization_id, mail_device_id, account_key, user_id, login, device_key, device_key_text,
       device_type, first_seen_at)
     values ($1, $2, 'user:' || $3::text, $3::uuid, 'thing', 'THING', 'THING', 'thing', now())`,
    [id, mailDeviceId, userId],
  );
  const streamId = newId();
  const [header, signalKey] = await surface.db.database.withTenant(id, async (tx) => [
    await sealer.seal(tx, 'signal_streams.authorization_header', streamId, Buffer.from('Bearer thing')),
    await sealer.seal(tx, 'signal_keys.private_key', 'thing', randomBytes(32)),
  ]);
  await admin.query(
    `insert into signal_streams (organization_id, stream_id, events_requested, method, endpoint_url, authorization_header,
       created_by, created_at)
     values ($1, $2, '{}', 'push', 'https://receiver.example/', $3, 'token:thing', now())`,
    [id, streamId, header],
  );
  await admin.query(
    `insert into signal_keys (organization_id, key_id, public_key, private_key, signs_from) values ($1, 'thing', '', $2, now())`,
    [id, signalKey],
  );
  const serial = randomBytes(16);
  await admin.query(
    `insert into certificates (organization_id, serial, authority_id, purpose, device_id, fingerprint,
       public_key_fingerprint, certificate, not_before, not_after)
     select $1, $2, authority_id, 'agent', $3, $2, $2, $2, now(), now() + interval '90 days'
     from certificate_authorities where organization_id = $1 and kind = 'device-issuing'`,
    [id, serial, deviceId],
  );
  return {
    deviceId,
    mailDeviceId,
    runId,
    commandId,
    streamId,
    kind: 'lock-pin',
    serial: serial.toString('hex'),
    jobId: String(job.rows[0].job_id),
  };
}

export function fillPath(route: AdminRoute, ids: ThingIds): string {
  return route.path.replaceAll(/:(\w+)/g, (_all, name: string) => ids[name] ?? 'x');
}
