import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Overview } from '@gatehouse/contracts/admin/overview.ts';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { countDevices } from '../searches/device-searches.ts';
import { createTestFleet, superuserOf, type TestFleet } from '../devices/test-fleet.ts';
import { readAttention } from './attention.ts';
import { listFleetDays, takeDays } from './fleet-days.ts';
import { createFigures, readOverview } from './fleet-figures.ts';

const t0 = Date.UTC(2026, 10, 22, 9);
const hour = 3_600_000;

const verdicts = {
  ok: [{ rule: 'encryption', status: 'compliant' }],
  bad: [
    { rule: 'passcode', status: 'not-compliant' },
    { rule: 'encryption', status: 'not-compliant' },
  ],
  grace: [{ rule: 'passcode', status: 'in-grace' }],
} as const;

describe('the overview', () => {
  let db: TestDatabase;
  let acme: TestFleet;
  let other: TestFleet;
  let now = t0;
  const deps = {
    clock: { now: () => now },
    get database() {
      return db.database;
    },
  };
  const principal = (
    role: 'org-admin' | 'nac-service' | 'help-desk' = 'org-admin',
    organizationId = acme.organizationId,
  ) =>
    ({
      kind: 'administrator',
      id: newId(),
      organizationId,
      label: 'admin',
      role,
      permissions: effectivePermissions(role, new Map()),
      empoweredAt: 0,
    }) satisfies TenantPrincipal;

  before(async () => {
    db = await openTestDatabase();
    acme = await createTestFleet(db, 'acme');
    other = await createTestFleet(db, 'other');
    const admin = await superuserOf(db);
    const make = async (
      platform: 'ios' | 'linux',
      os: string,
      standing: keyof typeof verdicts,
      access: string,
      seenMs: number | null,
      changedMs: number,
    ) => {
      const id = await acme.addDevice({ platform, name: `${platform} ${os}` });
      await admin.query(
        `update device_posture set access_network = $2, access_mail = $2, os_version = $3, evaluation = $4, access_changed_at = $5,
           standing = $6, failing = $7
         where device_id = $1`,
        [
          id,
          access,
          os,
          { verdicts: verdicts[standing] },
          new Date(t0 - changedMs),
          standing,
          verdicts[standing].filter(({ status }) => status !== 'compliant').map(({ rule }) => rule),
        ],
      );
      await admin.query('update device_contacts set last_check_in_at = $2 where device_id = $1', [
        id,
        seenMs === null ? null : new Date(t0 - seenMs),
      ]);
    };
    await make('ios', '17.2', 'bad', 'deny', 0.5 * hour, 0.5 * hour);
    await make('ios', '17.10', 'ok', 'allow', 2 * hour, 0.5 * hour);
    await make('ios', '17.10', 'ok', 'allow', 2 * hour, 100 * hour);
    await make('linux', '6.1', 'grace', 'quarantine', 24 * hour * 40, 3 * hour);
    await make('linux', '6.1', 'bad', 'deny', null, 0.2 * hour);
    await admin.query(`update device_posture set access_vpn = 'allow'`);
    const gone = await acme.addDevice({ name: 'gone' });
    await admin.query(`update devices set state = 'unmanaged' where device_id = $1`, [gone]);
    await other.addDevice({ name: 'stranger' });
  });
  after(() => db[Symbol.asyncDispose]());

  const found = async (expression: string) =>
    (await countDevices(deps, principal(), { expression })).matching;

  test('MON-09 each number is what the search for it finds', async () => {
    const figures: Overview = await readOverview(createFigures(deps), principal());
    assert.equal(figures.devices, await found('true'));
    assert.equal(figures.devices, 5);
    for (const { platform, devices, versions } of figures.platforms) {
      assert.equal(devices, await found(`device.platform == "${platform}"`));
      assert.equal(
        versions.reduce((sum, each) => sum + each.devices, 0),
        devices,
      );
    }
    assert.deepEqual(
      figures.platforms.map(({ platform, versions }) => [platform, versions.map(({ version }) => version)]),
      [
        ['ios', ['17.10', '17.2']],
        ['linux', ['6.1']],
      ],
    );
    for (const [standing, devices] of Object.entries(figures.standings))
      assert.equal(devices, await found(`posture.standing == "${standing}"`), standing);
    for (const [gate, answers] of Object.entries(figures.gates))
      for (const [access, devices] of Object.entries(answers))
        assert.equal(devices, await found(`posture.${gate} == "${access}"`), `${gate} ${access}`);
    for (const { fromSeconds, toSeconds, devices } of figures.silence) {
      const parts = [
        ...(fromSeconds === null ? ['!contact.made'] : ['contact.made']),
        ...(fromSeconds ? [`age("contact.made") >= duration("${fromSeconds}s")`] : []),
        ...(toSeconds === null ? [] : [`age("contact.made") < duration("${toSeconds}s")`]),
      ];
      assert.equal(devices, await found(parts.join(' && ')), parts.join(' && '));
    }
    for (const { rule, devices } of figures.reasons)
      assert.equal(devices, await found(`"${rule}" in posture.failing`), rule);
    assert.deepEqual(
      figures.reasons.map(({ rule, devices }) => [rule, devices]),
      [
        ['passcode', 3],
        ['encryption', 2],
      ],
    );
    assert.equal(figures.lostAccess, 2);
  });

  test('whoever asks within seconds gets the same answer with its time, and a newer one later', async () => {
    const read = createFigures(deps);
    const first = await read(acme.organizationId);
    now += 1_000;
    assert.equal(await read(acme.organizationId), first);
    now += 3_000;
    assert.notEqual((await read(acme.organizationId)).asOf, first.asOf);
    now = t0;
  });

  test('what needs somebody is told to who may know it, and leads to the devices concerned', async () => {
    const admin = await superuserOf(db);
    await admin.query(
      `insert into jobs (organization_id, kind, payload, state) values ($1, 'thing', '{}', 'dead'), ($2, 'thing', '{}', 'dead')`,
      [acme.organizationId, other.organizationId],
    );
    await admin.query(
      `insert into alerts (organization_id, alert_id, kind, severity, summary, created_at, last_at)
       values ($1, $2, 'rule-broken', 'critical', 'x', now(), now())`,
      [acme.organizationId, newId()],
    );
    const figures = createFigures(deps);
    const { items } = await readAttention(deps, figures, principal());
    assert.deepEqual(
      items.map(({ kind, count }) => [kind, count]),
      [
        ['alerts', 1],
        ['dead-jobs', 1],
        ['lost-access', 2],
      ],
    );
    const lost = items.find(({ kind }) => kind === 'lost-access');
    assert.equal(lost?.count, await found(lost?.expression ?? ''));
    const kinds = (await readAttention(deps, figures, principal('help-desk'))).items.map(({ kind }) => kind);
    assert.deepEqual(kinds, ['alerts', 'lost-access'], 'help desk may not see jobs');
    await assert.rejects(readAttention(deps, figures, principal('nac-service')), (error) =>
      isDomainError(error, 'forbidden'),
    );
  });

  test('each day is kept as it stood at the last look', async () => {
    now = t0 - 86_400_000;
    await takeDays(deps);
    now = t0 - 1_000;
    await takeDays(deps);
    now = t0;
    await takeDays(deps);
    const { items } = await listFleetDays(deps, principal(), 30);
    assert.deepEqual(
      items.map(({ day, takenAt, standings }) => [day, takenAt, standings.bad]),
      [
        ['2026-11-21', '2026-11-21T09:00:00.000Z', 2],
        ['2026-11-22', '2026-11-22T09:00:00.000Z', 2],
      ],
    );
    assert.deepEqual(items[1]?.shut, { network: 3, mail: 3, vpn: 0 });
    now = t0 + 401 * 86_400_000;
    await takeDays(deps);
    now = t0;
    assert.deepEqual((await listFleetDays(deps, principal(), 30)).items.length, 1, 'what is too old is gone');
  });

  test('HTTP-07 another organization has figures of its own', async () => {
    const figures = await createFigures(deps)(other.organizationId);
    assert.equal(figures.devices, 1);
  });
});
