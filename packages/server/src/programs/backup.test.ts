import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { checkpointVerifier } from '@gatehouse/core/audit/checkpoint-verifier.ts';
import type { ExportHeader } from '@gatehouse/core/audit/export.ts';
import { verifyExport } from '@gatehouse/core/audit/verify.ts';
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import { parseCertificate } from '@gatehouse/protocols/x509/index.ts';
import { openBackup, type RowBatch } from '../kernel/backup/backup-reader.ts';
import { newBackupIdentity } from '../kernel/backup/file-key.ts';
import type { KeptOut } from '../kernel/backup/keep-out.ts';
import { openSnapshot } from '../kernel/backup/snapshot.ts';
import { openTestDatabase, type TestDatabase } from '../kernel/db/test-database.ts';
import { sql } from '../kernel/db/sql.ts';
import type { TenantPrincipal } from '../kernel/http/route.ts';
import { newId } from '../kernel/ids.ts';
import { masterKeysOf } from '../kernel/sealed/master-key.ts';
import {
  authenticateSession,
  authenticateToken,
  beginSetup,
  signIn,
} from '../modules/administrators/index.ts';
import { exportAudit, recordAudit, sealAudit } from '../modules/audit/index.ts';
import { authenticateCertificate } from '../modules/certificates/index.ts';
import { beginEnrollment, completeEnrollment } from '../modules/enrollment/index.ts';
import { TestDevice } from '../modules/enrollment/test-device.ts';
import { writeBackup } from './backup.ts';
import { readKeptOut } from './read-kept-out.ts';
import { restoreBackup } from './restore.ts';
import {
  type Instance,
  openInstanceOn,
  openTestInstance,
  password,
  type PopulatedOrganization,
  sealedCanary,
  type TestInstance,
} from './test-instance.ts';

const selectCommand = sql(
  'test-backup-select-command',
  'select state, reason, sealed_params from commands where organization_id = $1 and command_id = $2',
);
const selectAuthority = sql(
  'test-backup-select-authority',
  'select authority_id, private_key from certificate_authorities where organization_id = $1 limit 1',
);

describe('backup and restore', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-backup-'));
  const pair = newBackupIdentity();
  const lock = { kind: 'recipient', recipient: pair.recipient } as const;
  const opener = { kind: 'identity', identity: pair.identity } as const;
  let source: TestInstance;
  const everything = join(folder, 'everything.backup');
  const onlyAcme = join(folder, 'acme.backup');
  const restoredDatabases: { dispose(): Promise<void> }[] = [];

  async function back(file: string, slug?: string, master = source.keys.current) {
    const snapshot = await openSnapshot(source.db.address, slug);
    try {
      return await writeBackup(source.db.address, snapshot, { file, lock, master });
    } finally {
      await snapshot.close();
    }
  }

  async function restored(
    file: string,
    keys = source.keys,
    acceptUnknownOrigin = false,
    keptOut?: ReadonlyMap<string, KeptOut>,
  ) {
    const empty = await openTestDatabase({ empty: true });
    const backup = await openBackup(file, opener, keys);
    try {
      const report = await restoreBackup(empty.address, backup, {
        acceptUnknownOrigin,
        ...(keptOut === undefined ? {} : { keptOut }),
      });
      const { instance, close } = await openInstanceOn(empty.address, keys);
      restoredDatabases.push({
        async dispose() {
          await close();
          await empty[Symbol.asyncDispose]();
        },
      });
      return { report, instance, db: empty };
    } catch (error) {
      await empty[Symbol.asyncDispose]();
      throw error;
    } finally {
      await backup.close();
    }
  }

  async function contentOf(file: string): Promise<RowBatch[]> {
    const backup = await openBackup(file, opener, source.keys);
    const batches: RowBatch[] = [];
    for await (const batch of backup.rows()) batches.push(batch);
    await backup.close();
    return batches;
  }

  let target: Instance;
  let targetDb: TestDatabase;
  let report: Awaited<ReturnType<typeof restored>>['report'];
  let made: Awaited<ReturnType<typeof back>>;

  before(async () => {
    source = await openTestInstance();
    await sealAudit(source.instance);
    made = await back(everything);
    await back(onlyAcme, 'acme');
    const there = await restored(everything);
    target = there.instance;
    targetDb = there.db;
    report = there.report;
  });
  after(async () => {
    for (const { dispose } of restoredDatabases) await dispose();
    await source[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const organizations = (): PopulatedOrganization[] => [source.acme, source.globex];

  test('every row of both organizations is back, with the same values', async () => {
    assert.equal(report.rows, made.rows);
    assert.deepEqual([report.organizations, made.organizations], [2, 2]);
    const tables = [
      'users',
      'devices',
      'certificates',
      'policy_versions',
      'assignments',
      'administrators',
      'data_keys',
    ];
    const [before_, after_] = [await source.db.superuser(), await targetDb.superuser()];
    for (const table of tables) {
      const query = `select t::text as row from ${table} t order by 1`;
      const [were, are] = [await before_.query(query), await after_.query(query)];
      assert.ok(were.rows.length > 0, table);
      assert.deepEqual(are.rows, were.rows, table);
    }
  });

  test('what was numbered goes on behind the restored numbers', async () => {
    const admin = await targetDb.superuser();
    await assert.doesNotReject(
      admin.query(`insert into devices (organization_id, device_id, platform) values ($1, $2, 'linux')`, [
        source.acme.id,
        newId(),
      ]),
    );
    const numbers = await admin.query('select device_no from devices order by device_no');
    assert.equal(new Set(numbers.rows.map((row) => row.device_no)).size, numbers.rows.length);
  });

  test('DAT-05 sealed values open after a restore with the same master key and with no other', async () => {
    const key = await target.database.withTenant(source.acme.id, async (tx) => {
      const row = await tx.one<{ authority_id: string; private_key: Buffer }>(selectAuthority, [
        source.acme.id,
      ]);
      assert.ok(row);
      return target.sealer.open(tx, 'certificate_authorities.private_key', row.authority_id, row.private_key);
    });
    assert.equal(key[0], 0x30, 'a PKCS#8 sequence');
    const stranger = masterKeysOf([randomBytes(32)]);
    await assert.rejects(restored(everything, stranger), /master key is not here/);
    const lost = await restored(everything, stranger, true);
    await lost.instance.database.withTenant(source.acme.id, async (tx) => {
      const row = await tx.one<{ authority_id: string; private_key: Buffer }>(selectAuthority, [
        source.acme.id,
      ]);
      assert.ok(row);
      await assert.rejects(
        lost.instance.sealer.open(
          tx,
          'certificate_authorities.private_key',
          row.authority_id,
          row.private_key,
        ),
        /master key .* not at hand/,
      );
    });
  });

  test('DAT-05 the file holds nothing readable: no address, no name, no secret, neither plain nor hex, base64 or packed', () => {
    const bytes = readFileSync(everything);
    assert.equal(statSync(everything).mode & 0o777, 0o600);
    const canaries = [
      sealedCanary,
      password,
      source.acme.userEmail,
      'ann-canary',
      'boss@acme.example',
      source.acme.token,
      source.keys.current.bytes,
    ];
    const forms = canaries.flatMap((canary) => {
      const raw = Buffer.from(canary as string);
      const base64 = raw.toString('base64');
      // The ends of a base64 text depend on what stands beside it; the middle does not.
      return [
        raw,
        Buffer.from(raw.toString('hex')),
        Buffer.from(base64.slice(0, -4)),
        Buffer.from(raw.toString('base64url')),
      ];
    });
    const searched = [bytes, ...unpackAnything(bytes)];
    for (const form of forms)
      for (const part of searched)
        assert.ok(!part.includes(form), `${form.toString('latin1')} is in the file`);
    assert.ok(bytes.length > 10_000);
  });

  test('DAT-05 opened with its key, the backup still holds no master key and no plaintext of a sealed value', async () => {
    const text = JSON.stringify(await contentOf(everything));
    assert.ok(text.includes(source.acme.userEmail), 'the rows are in it');
    const master = source.keys.current.bytes;
    for (const form of [
      sealedCanary,
      Buffer.from(sealedCanary).toString('hex'),
      master.toString('hex'),
      master.toString('base64'),
      password,
    ]) {
      assert.ok(!text.includes(form), form);
    }
    // Secrets of sessions, links and handshakes are not even there as hashes.
    const tables = new Set((await contentOf(everything)).map(({ table }) => table));
    for (const table of ['sessions', 'setup_links', 'enrollment_sessions', 'throttles', 'idempotency_keys'])
      assert.ok(!tables.has(table), table);
  });

  test('DAT-07 sessions, set-up links and API tokens from before are refused; a password still signs in', async () => {
    for (const { slug, token, session, setupUrl } of organizations()) {
      await authenticateToken(source.instance, token);
      await authenticateSession(source.instance, session);
      await assert.rejects(authenticateToken(target, token), /token is not valid/);
      await assert.rejects(authenticateSession(target, session), /session has ended/);
      const link = setupUrl.slice(setupUrl.lastIndexOf('gth_'));
      await beginSetup(source.instance, link);
      await assert.rejects(beginSetup(target, link));
      const way = { requestId: newId(), address: '192.0.2.1', knownBrowser: undefined, session: undefined };
      const anew = await signIn(target, { organization: slug, email: `boss@${slug}.example`, password }, way);
      await authenticateSession(target, anew.cookie);
    }
  });

  test('DAT-07 the epoch of every organization has risen to one that no earlier restore gave', async () => {
    const epochs = async (db: TestDatabase) => {
      const admin = await db.superuser();
      return (await admin.query<{ epoch: number }>('select epoch from organizations order by slug')).rows.map(
        (row) => row.epoch,
      );
    };
    const [were, are] = [await epochs(source.db), await epochs(targetDb)];
    assert.deepEqual(were, [1, 1]);
    // Minutes since 1970: two restores of one backup share an epoch only within the same minute.
    for (const epoch of are) assert.ok(Math.abs(epoch - Date.now() / 60_000) < 5, String(epoch));
  });

  test('DAT-07 a code that was open when the backup was made enrols nobody', async () => {
    const context = { organizationId: source.acme.id };
    const at = (instance: Instance) => ({
      begin: (message: Uint8Array) => beginEnrollment(instance, context, message),
      complete: (message: Uint8Array) => completeEnrollment(instance, context, message),
    });
    await assert.rejects(new TestDevice(at(target), source.acme.code).enrol());
    // The same code enrols at the installation that it was issued by: the refusal is the restore's doing.
    await new TestDevice(at(source.instance), source.acme.code).enrol();
    const admin = await targetDb.superuser();
    const codes = await admin.query(`select state, server_key, device_key from enrollments`);
    for (const row of codes.rows)
      assert.deepEqual(row, { state: 'cancelled', server_key: null, device_key: null });
  });

  test('DAT-07 a certificate revoked before is refused still, one that was good is good', async () => {
    for (const { goodCertificate, revokedCertificate, deviceId } of organizations()) {
      await assert.rejects(authenticateCertificate(target, revokedCertificate), /not accepted/);
      assert.equal((await authenticateCertificate(target, goodCertificate)).deviceId, deviceId);
    }
  });

  test('DAT-07 whom the audit export shut out after the backup stays out; an export that was altered is refused', async () => {
    const { acme } = source;
    const there = source.instance;
    const actor = {
      ...auditorOf(acme.id),
      role: 'org-admin',
      permissions: effectivePermissions('org-admin'),
    };
    const admin = await source.db.superuser();
    const boss = await admin.query<{ id: string }>(
      `select administrator_id::text as id from administrators where email = 'boss@acme.example'`,
    );
    const bossId = boss.rows[0]?.id ?? '';
    const serial = Buffer.from(parseCertificate(acme.goodCertificate).serial, 'hex').toString('hex');
    await there.database.withTenant(acme.id, async (tx) => {
      const done = { actor, outcome: 'done' } as const;
      const target = (kind: string, id: string) => ({ target: { kind, id } });
      await recordAudit(tx, { ...done, action: 'certificates.revoke', ...target('certificate', serial) });
      await recordAudit(tx, { ...done, action: 'devices.block', ...target('device', acme.deviceId) });
      await recordAudit(tx, {
        ...done,
        action: 'administrators.update',
        ...target('administrator', bossId),
        show: { state: { before: 'active', after: 'disabled' } },
      });
    });
    const file = join(folder, 'acme.jsonl');
    let text = '';
    for await (const line of await exportAudit(there, actor)) text += line;
    writeFileSync(file, text.replace('devices.block', 'devices.bloom'));
    await assert.rejects(readKeptOut(file), /is not whole/);
    writeFileSync(file, text);
    const { organizationId, list } = await readKeptOut(file);
    const again = await restored(everything, source.keys, false, new Map([[organizationId, list]]));
    assert.equal(again.report.replayed, 3);
    await assert.rejects(authenticateCertificate(again.instance, acme.goodCertificate), /blocked/);
    const way = { requestId: newId(), address: '192.0.2.1', knownBrowser: undefined, session: undefined };
    const who = { organization: 'acme', email: 'boss@acme.example', password };
    await assert.rejects(signIn(again.instance, who, way));
    const states = await (await again.db.superuser()).query(
      'select revoked_at is not null as revoked from certificates where serial = $1',
      [Buffer.from(serial, 'hex')],
    );
    assert.deepEqual(states.rows, [{ revoked: true }]);
    // The other organization is as it was.
    await authenticateCertificate(again.instance, source.globex.goodCertificate);
    const foreign = new Map([[newId(), list]]);
    await assert.rejects(restored(everything, source.keys, false, foreign), /not in the backup/);
  });

  test('DAT-07 a command that waited is withdrawn, with what was sealed in it; no wipe is left of the hour’s budget', async () => {
    for (const { id, queuedCommand } of organizations()) {
      const row = await target.database.withTenant(id, (tx) => tx.one(selectCommand, [id, queuedCommand]));
      assert.deepEqual(row, { state: 'cancelled', reason: 'restored', sealed_params: null });
      const admin = await targetDb.superuser();
      const spent = await admin.query(
        'select count(*)::int as count from destructive_spending where organization_id = $1',
        [id],
      );
      assert.ok(spent.rows[0].count >= 5);
    }
  });

  test('DAT-07 the gates look again: a job waits that evaluates every device', async () => {
    const admin = await targetDb.superuser();
    for (const { id } of organizations()) {
      const jobs = await admin.query(
        `select payload from jobs where organization_id = $1 and kind = 'reevaluate-devices' and state = 'ready'`,
        [id],
      );
      assert.ok(
        jobs.rows.some(({ payload }) => payload.targetKind === 'organization' && payload.targetId === id),
      );
    }
  });

  test('LOG-T03 the audit chain holds across the restore, which stands in it', async () => {
    for (const { id } of organizations()) {
      const auditor = auditorOf(id);
      const lines: string[] = [];
      for await (const line of await exportAudit(target, auditor)) lines.push(line.trim());
      const { keys = [] } = JSON.parse(lines[0] ?? '') as ExportHeader;
      const result = await verifyExport(lines, { verifySignature: checkpointVerifier(keys) });
      assert.deepEqual([result.ok, result.problems], [true, []]);
      const actions = lines.flatMap(
        (line) => (JSON.parse(line) as { entry?: { action: string } }).entry?.action ?? [],
      );
      assert.equal(actions.filter((action) => action === 'instance.restored').length, 1);
      assert.ok(actions.includes('organizations.create'));
    }
    const admin = await source.db.superuser();
    const noted = await admin.query(
      `select content ->> 'action' as action from audit_entries where organization_id = $1 and content ->> 'action' like '%.backed-up' order by entry_id`,
      [source.acme.id],
    );
    assert.deepEqual(
      noted.rows.map((row) => row.action),
      ['instance.backed-up', 'organizations.backed-up'],
    );
  });

  test('DAT-08 the export of one organization holds no id and no value of another', async () => {
    const { acme, globex } = source;
    const batches = await contentOf(onlyAcme);
    const backup = await openBackup(onlyAcme, opener, source.keys);
    assert.deepEqual(backup.manifest.organizations, [{ id: acme.id, slug: 'acme' }]);
    await backup.close();
    const text = JSON.stringify(batches);
    assert.ok(text.includes(acme.id) && text.includes(acme.deviceId));
    for (const foreign of [globex.id, globex.deviceId, globex.queuedCommand, globex.userEmail, 'globex'])
      assert.ok(!text.includes(foreign), foreign);
    const admin = await source.db.superuser();
    const ids = await admin.query<{ id: string }>(
      `select device_id::text as id from devices where organization_id = $1
       union select policy_id::text from policy_suites where organization_id = $1
       union select encode(serial, 'hex') from certificates where organization_id = $1
       union select key_id from audit_keys where organization_id = $1`,
      [globex.id],
    );
    assert.ok(ids.rows.length > 4);
    for (const { id } of ids.rows) assert.ok(!text.includes(id), id);
    const alone = await restored(onlyAcme);
    assert.equal(alone.report.organizations, 1);
    const slugs = await (await alone.db.superuser()).query('select slug from organizations');
    assert.deepEqual(slugs.rows, [{ slug: 'acme' }]);
  });

  test('a database that is not empty is left alone', async () => {
    const backup = await openBackup(everything, opener, source.keys);
    await assert.rejects(
      restoreBackup(targetDb.address, backup, { acceptUnknownOrigin: false }),
      /not empty/,
    );
    await backup.close();
  });

  test('rows committed while the backup runs are not in it', async () => {
    const file = join(folder, 'moment.backup');
    const snapshot = await openSnapshot(source.db.address);
    const admin = await source.db.superuser();
    await admin.query(
      `insert into users (organization_id, user_id, email, user_name) values ($1, $2, 'late@acme.example', 'late')`,
      [source.acme.id, newId()],
    );
    await writeBackup(source.db.address, snapshot, { file, lock, master: source.keys.current });
    await snapshot.close();
    assert.ok(!JSON.stringify(await contentOf(file)).includes('late@acme.example'));
  });

  test('a backup overwrites nothing', async () => {
    await assert.rejects(back(everything), /exists already/);
    await assert.rejects(back(join(folder, 'missing', 'x')), /cannot be written/);
  });

  test('an organization that does not exist has no backup', async () => {
    await assert.rejects(back(join(folder, 'nobody.backup'), 'nobody'), /no organization nobody/);
  });
});

function auditorOf(organizationId: string): TenantPrincipal {
  const permissions = effectivePermissions('auditor');
  return {
    kind: 'local',
    id: '1000',
    organizationId,
    label: 'auditor',
    role: 'auditor',
    permissions,
    empoweredAt: null,
  };
}

/** Whatever in the file unpacks by itself, from any offset that looks like the beginning of a packed stream. */
function unpackAnything(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = bytes.indexOf('1f8b', 0, 'hex'); at >= 0; at = bytes.indexOf('1f8b', at + 1, 'hex')) {
    try {
      found.push(gunzipSync(bytes.subarray(at)));
    } catch {
      // not packed after all
    }
  }
  try {
    found.push(inflateRawSync(bytes));
  } catch {
    // neither is the whole
  }
  return found;
}
