import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { Principal } from '@gatehouse/core/actor.ts';
import { linkHash } from '@gatehouse/core/audit/chain.ts';
import { checkpointVerifier } from '@gatehouse/core/audit/checkpoint-verifier.ts';
import { type ExportedEntry, exportEntry, type ExportHeader } from '@gatehouse/core/audit/export.ts';
import { type ChainProblemKind, verifyExport } from '@gatehouse/core/audit/verify.ts';
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import { resumeInOtherCluster } from '../../kernel/db/other-cluster.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { createLog } from '../../kernel/log.ts';
import { masterKeysOf } from '../../kernel/sealed/master-key.ts';
import { createSealer } from '../../kernel/sealed/sealer.ts';
import { askForVerification, readVerification } from './verify-audit.ts';
import {
  auditJobs,
  exportAudit,
  listAudit,
  recordAudit,
  type SealDeps,
  sealAudit,
  sealOrganization,
} from './index.ts';

describe('the audit record', () => {
  let db: TestDatabase;
  let deps: SealDeps;
  let now = Date.parse('2026-03-01T12:00:00Z');
  const logged: string[] = [];
  const acme = newId();
  const other = newId();
  const auditor = (organizationId: string): TenantPrincipal => ({
    kind: 'administrator',
    id: newId(),
    organizationId,
    label: 'auditor@acme.example',
    role: 'auditor',
    permissions: effectivePermissions('auditor'),
    empoweredAt: 0,
  });

  before(async () => {
    db = await openTestDatabase();
    const admin = await db.superuser();
    for (const [id, slug] of [
      [acme, 'acme'],
      [other, 'other'],
    ]) {
      await admin.query('insert into organizations (organization_id, slug, name) values ($1, $2, $2)', [
        id,
        slug,
      ]);
    }
    const keys = masterKeysOf([randomBytes(32)]);
    deps = {
      database: db.database,
      sealer: createSealer(() => keys),
      clock: { now: () => now },
      log: createLog({ level: 'info', console: (line) => logged.push(line) }),
    };
  });
  after(() => db[Symbol.asyncDispose]());

  const record = (organizationId: string, action: string, actor?: Principal) =>
    db.database.withTenant(organizationId, (tx) =>
      recordAudit(tx, {
        actor: actor ?? auditor(organizationId),
        action,
        target: { kind: 'user', id: newId() },
        outcome: 'done',
        show: { field: 'name', count: 3 },
        personal: { email: 'ann@acme.example', nothing: null },
      }),
    );

  async function exported(organizationId: string): Promise<string[]> {
    const lines: string[] = [];
    for await (const line of await exportAudit(deps, auditor(organizationId))) lines.push(line.trimEnd());
    return lines;
  }

  function verifier(lines: readonly string[]) {
    return checkpointVerifier((JSON.parse(lines[0] ?? '') as ExportHeader).keys ?? []);
  }

  async function problems(lines: readonly string[], checkpoints: string[] = [], trusted = lines) {
    const result = await verifyExport(lines, { verifySignature: verifier(trusted), checkpoints });
    return result.problems.map(({ kind }) => kind);
  }

  /** The second entry of an organization's chain. */
  const second = `organization_id = $1 and entry_id = (
    select entry_ids[2] from audit_runs where organization_id = $1 order by last_seq limit 1)`;
  const entryLines = (lines: readonly string[]) => lines.filter((line) => line.includes('"type":"entry"'));

  test('entries are numbered and linked per organization, without gaps, in several rounds', async () => {
    for (const action of ['users.create', 'users.update']) await record(acme, action);
    await record(other, 'users.create');
    assert.ok((await sealAudit(deps)) >= 3);
    await record(acme, 'users.delete');
    await sealAudit(deps);
    const lines = await exported(acme);
    const entries = entryLines(lines).map(
      (line) => (JSON.parse(line) as { entry: { seq: number; org: string } }).entry,
    );
    assert.deepEqual(
      entries.map(({ seq }) => seq),
      [1, 2, 3, 4],
    );
    assert.ok(entries.every(({ org }) => org === acme));
    assert.deepEqual(await problems(lines), []);
  });

  test('a rolled-back action leaves no entry and no gap', async () => {
    const before = entryLines(await exported(acme)).length;
    await assert.rejects(
      db.database.withTenant(acme, async (tx) => {
        await recordAudit(tx, { actor: auditor(acme), action: 'users.vanish', outcome: 'done' });
        throw new Error('no');
      }),
    );
    const lines = await exported(acme);
    assert.equal(entryLines(lines).length, before + 1);
    assert.ok(!lines.some((line) => line.includes('users.vanish')));
    assert.deepEqual(await problems(lines), []);
  });

  test('a checkpoint follows after 60 s or 1,000 entries, and its copy is in the file log', async () => {
    const admin = await db.superuser();
    const count = async () =>
      (
        await admin.query('select count(*)::int as n from audit_checkpoints where organization_id = $1', [
          other,
        ])
      ).rows[0].n;
    await record(other, 'users.update');
    await sealOrganization(deps, other);
    const first = await count();
    await record(other, 'users.update');
    await sealOrganization(deps, other);
    assert.equal(await count(), first, 'too early');
    now += 61_000;
    assert.equal(await sealAudit(deps), 0, 'nothing to link, but a checkpoint is due');
    assert.equal(await count(), first + 1);
    await Promise.all(Array.from({ length: 1_001 }, () => record(other, 'users.update')));
    await sealOrganization(deps, other);
    assert.equal(await count(), first + 2);
    const tokens = logged
      .map((line) => (JSON.parse(line) as { checkpoint?: string }).checkpoint)
      .filter(Boolean);
    const { rows } = await admin.query('select token from audit_checkpoints');
    assert.deepEqual(new Set(tokens), new Set(rows.map((row) => row.token)));
    assert.deepEqual(await problems(await exported(other)), []);
  });

  test('two sealers at once link every entry once', async () => {
    await Promise.all(Array.from({ length: 40 }, () => record(acme, 'users.update')));
    await Promise.all([sealAudit(deps), sealAudit(deps), sealAudit(deps)]);
    assert.deepEqual(await problems(await exported(acme)), []);
  });

  test('copied into another cluster, whose transactions are counted anew, the record goes on where it stands', async () => {
    const organizationId = newId();
    const admin = await db.superuser();
    await admin.query("insert into organizations (organization_id, slug, name) values ($1, 'copied', 'c')", [
      organizationId,
    ]);
    for (const action of ['users.create', 'users.update']) await record(organizationId, action);
    assert.equal(await sealOrganization(deps, organizationId), 2);
    await record(organizationId, 'users.waiting');
    const far = 1_000_000_000_000;
    await admin.query('update audit_entries set transaction = transaction + $2 where organization_id = $1', [
      organizationId,
      far,
    ]);
    await admin.query(
      'update audit_chains set linked_before = linked_before + $2 where organization_id = $1',
      [organizationId, far],
    );
    await resumeInOtherCluster(db.database, deps.log);
    await record(organizationId, 'users.delete');
    assert.equal(await sealOrganization(deps, organizationId), 2);
    await resumeInOtherCluster(db.database, deps.log);
    assert.equal(await sealOrganization(deps, organizationId), 0, 'nothing is linked twice');
    const page = { limit: 9, after: undefined };
    const listed = (await listAudit(deps, auditor(organizationId), {}, page)).items;
    assert.deepEqual(
      listed.map(({ action, seq }) => [action, seq]),
      [
        ['users.delete', 4],
        ['users.waiting', 3],
        ['users.update', 2],
        ['users.create', 1],
      ],
    );
    assert.deepEqual(await problems(await exported(organizationId)), []);
  });

  test('an entry of a transaction that is still under way is linked once, behind those that can be seen before it', async () => {
    const organizationId = newId();
    const admin = await db.superuser();
    await admin.query("insert into organizations (organization_id, slug, name) values ($1, 'late', 'l')", [
      organizationId,
    ]);
    const goOn = Promise.withResolvers<void>();
    const written = Promise.withResolvers<void>();
    const late = db.database.withTenant(organizationId, async (tx) => {
      await recordAudit(tx, { actor: auditor(organizationId), action: 'users.late', outcome: 'done' });
      written.resolve();
      await goOn.promise;
    });
    await written.promise;
    for (const action of ['users.create', 'users.update']) await record(organizationId, action);
    assert.equal(
      await sealOrganization(deps, organizationId),
      2,
      'nobody waits for the one that is under way',
    );
    await record(organizationId, 'users.delete');
    assert.equal(await sealOrganization(deps, organizationId), 1, 'what is linked is not linked again');
    goOn.resolve();
    await late;
    assert.equal(await sealOrganization(deps, organizationId), 1);
    assert.equal(await sealOrganization(deps, organizationId), 0);
    const page = { limit: 9, after: undefined };
    const listed = (await listAudit(deps, auditor(organizationId), {}, page)).items;
    assert.deepEqual(
      listed.map(({ action, seq }) => [action, seq]),
      [
        ['users.delete', 3],
        ['users.update', 2],
        ['users.create', 1],
        ['users.late', 4],
      ],
    );
    await record(organizationId, 'users.create');
    const [newest] = (await listAudit(deps, auditor(organizationId), {}, page)).items;
    assert.equal(newest?.seq, null, 'not linked yet');
    assert.deepEqual(await problems(await exported(organizationId)), []);
  });

  test('LOG-T03 editing, dropping, reordering, forking, rewriting the record and cutting its tail are found', async () => {
    const lines = await exported(acme);
    const checkpoint = (
      JSON.parse(lines.findLast((line) => line.includes('"type":"checkpoint"')) ?? '') as { token: string }
    ).token;
    const first = lines.findIndex((line) => line.includes('"type":"entry"'));
    const at = (index: number) => lines[index] ?? '';
    const edited = (line: string) => line.replace('users.create', 'users.delete');
    assert.notEqual(edited(at(first)), at(first));
    const cases: [string, string[], ChainProblemKind][] = [
      ['edit', lines.with(first, edited(at(first))), 'edited'],
      ['drop', lines.toSpliced(first, 1), 'missing'],
      ['reorder', lines.with(first, at(first + 1)).with(first + 1, at(first)), 'reordered'],
      ['fork', lines.toSpliced(first + 1, 0, edited(at(first))), 'forked'],
      ['foreign', lines.toSpliced(lines.length, 0, at(first).replaceAll(acme, other)), 'foreign'],
    ];
    for (const [name, altered, kind] of cases) {
      assert.ok((await problems(altered)).includes(kind), `${name}: ${(await problems(altered)).join()}`);
    }
    const last = lines.findLastIndex((line) => line.includes('"type":"entry"'));
    const { entry } = JSON.parse(at(last)) as ExportedEntry;
    const { hash } = JSON.parse(entryLines(lines).at(-2) ?? '') as ExportedEntry;
    const forged = { ...entry, outcome: 'failed' as const };
    const rewritten = lines.with(last, exportEntry(forged, linkHash(Buffer.from(hash, 'hex'), forged)));
    assert.deepEqual(await problems(rewritten), ['rewritten'], 'perfect links, but not what was signed');
    const cut = lines.slice(0, first + 2);
    assert.deepEqual(await problems(cut), [], 'by itself a shorter record looks whole');
    assert.deepEqual(await problems(cut, [checkpoint]), ['cut-tail']);
  });

  test('LOG-T03 what a database writer changes is found by the export', async () => {
    const admin = await db.superuser();
    await admin.query(
      `update audit_entries set content = jsonb_set(content, '{action}', '"users.read"') where ${second}`,
      [acme],
    );
    assert.deepEqual(await problems(await exported(acme)), ['edited']);
    await admin.query(
      `update audit_entries set content = jsonb_set(content, '{action}', '"users.update"') where ${second}`,
      [acme],
    );
    assert.deepEqual(await problems(await exported(acme)), []);
    await record(acme, 'users.create');
    await admin.query(
      `update audit_entries set content = jsonb_set(content, '{outcome}', '"failed"') where organization_id = $1
         and entry_id = (select max(entry_id) from audit_entries where organization_id = $1)`,
      [acme],
    );
    await sealOrganization(deps, acme);
    await sealOrganization(deps, acme);
    assert.ok(entryLines(await exported(acme)).some((line) => line.includes('audit.altered-entry-found')));
  });

  test('erasing a personal value keeps the chain valid and makes the value unknowable', async () => {
    const admin = await db.superuser();
    await admin.query('delete from audit_values where organization_id = $1', [acme]);
    const lines = await exported(acme);
    assert.ok(!lines.join().includes('ann@acme.example'));
    assert.deepEqual(await problems(lines), []);
  });

  test('an organization reads its own entries and nobody else’s', async () => {
    const { items } = await listAudit(deps, auditor(other), {}, { limit: 500, after: undefined });
    const admin = await db.superuser();
    const { rows } = await admin.query('select entry_id from audit_entries where organization_id = $1', [
      other,
    ]);
    const own = new Set(rows.map((row) => row.entry_id));
    assert.ok(items.length > 0 && items.every((item) => own.has(item.id)));
  });

  test('lists page through every entry once, and filter by actor, action, target, outcome and time', async () => {
    const actor = auditor(acme);
    for (let index = 0; index < 7; index += 1) await record(acme, `devices.lock`, actor);
    const seen: string[] = [];
    let after: readonly (string | number | boolean | null)[] | undefined;
    do {
      const page = await listAudit(deps, actor, { action: 'devices' }, { limit: 3, after });
      seen.push(...page.items.map((item) => item.id));
      after = page.next;
    } while (after);
    assert.equal(seen.length, 7);
    assert.equal(new Set(seen).size, 7);
    const page = { limit: 50, after: undefined };
    assert.equal((await listAudit(deps, actor, { actor: actor.id }, page)).items.length, 7);
    assert.equal(
      (await listAudit(deps, actor, { actor: actor.id, outcome: 'failed' }, page)).items.length,
      0,
    );
    const [one] = (await listAudit(deps, actor, { actor: actor.id }, page)).items;
    assert.deepEqual(one?.values, { email: 'ann@acme.example' });
    assert.equal((await listAudit(deps, actor, { target: one?.target?.id }, page)).items.length, 1);
    assert.equal((await listAudit(deps, actor, { until: '2020-01-01T00:00:00Z' }, page)).items.length, 0);
  });

  test('reading and exporting need their permissions', async () => {
    const helpDesk: TenantPrincipal = {
      ...auditor(acme),
      role: 'help-desk',
      permissions: effectivePermissions('help-desk'),
    };
    await assert.rejects(listAudit(deps, helpDesk, {}, { limit: 1, after: undefined }), {
      code: 'forbidden',
    });
    await assert.rejects(exportAudit(deps, helpDesk), { code: 'forbidden' });
  });

  test('the record verifies itself, says how far, and names the first entry that somebody changed', async () => {
    const organizationId = newId();
    const admin = await db.superuser();
    await admin.query(
      "insert into organizations (organization_id, slug, name) values ($1, 'verified', 'v')",
      [organizationId],
    );
    const actor = auditor(organizationId);
    const verify = async () => {
      await askForVerification({ ...deps, wakeWorker: () => undefined }, actor);
      assert.equal((await readVerification(deps, actor)).last?.state, 'running');
      await auditJobs(deps)['verify-audit'].outside?.(organizationId, {});
      return (await readVerification(deps, actor)).last;
    };
    assert.deepEqual(await readVerification(deps, actor), { entries: 0, last: null });
    await record(organizationId, 'devices.lock');
    await record(organizationId, 'devices.refresh');
    const whole = await verify();
    assert.deepEqual(
      [whole?.state, whole?.problemCount, whole?.verifiedTo, whole?.signedTo],
      ['whole', 0, 3, 3],
      'two entries and the asking itself',
    );
    await admin.query(
      `update audit_entries set content = jsonb_set(content, '{action}', '"devices.wipe"') where ${second}`,
      [organizationId],
    );
    const broken = await verify();
    assert.equal(broken?.state, 'broken');
    assert.equal(broken?.problems[0]?.seq, 2);
    const other = { ...actor, permissions: effectivePermissions('help-desk') };
    await assert.rejects(() => readVerification(deps, other), /audit\.read/);
    await assert.rejects(
      () => askForVerification({ ...deps, wakeWorker: () => undefined }, other),
      /audit\.export/,
    );
  });
});
