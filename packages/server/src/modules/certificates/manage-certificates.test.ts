import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { buildCertificateRequest, decodePem, parseCertificate } from '@gatehouse/protocols/x509/index.ts';
import { systemActor } from '@gatehouse/core/actor.ts';
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { createEvents } from '../../kernel/events.ts';
import { newId } from '../../kernel/ids.ts';
import { masterKeysOf } from '../../kernel/sealed/master-key.ts';
import { createSealer } from '../../kernel/sealed/sealer.ts';
import { createTestFleet, type TestFleet } from '../devices/test-fleet.ts';
import { issueAgentCertificate, keyOfRequest } from './index.ts';
import { getCertificate, listAuthorities, listCertificates } from './list-certificates.ts';
import { revokeCertificate } from './revoke-certificate.ts';

describe('certificates under administration', () => {
  let db: TestDatabase;
  let acme: TestFleet;
  let globex: TestFleet;
  const masterKeys = masterKeysOf([randomBytes(32)]);
  const announced: string[] = [];
  const silenced: string[] = [];
  const deps = () => ({
    database: db.database,
    sealer: createSealer(() => masterKeys),
    clock: { now: () => Date.now() },
    events: createEvents({}, () => undefined),
    notifications: {
      publish: (topic: string, { id }: { id: string }) => void announced.push(`${topic} ${id}`),
    },
    certificateHolders: {
      lock: () => Promise.resolve(),
      silenced: async (_tx: unknown, { deviceId }: { deviceId: string }) => void silenced.push(deviceId),
    },
  });

  before(async () => {
    db = await openTestDatabase();
    [acme, globex] = [await createTestFleet(db, 'acme'), await createTestFleet(db, 'globex')];
  });
  after(() => db[Symbol.asyncDispose]());

  const principal = ({ organizationId }: TestFleet, role = 'org-admin'): TenantPrincipal => ({
    kind: 'administrator',
    id: newId(),
    organizationId,
    label: 'admin@example',
    role,
    permissions: effectivePermissions(role),
    empoweredAt: null,
  });

  /** Several in one transaction, so that they were made in the same microsecond. */
  async function issue(fleet: TestFleet, count = 1) {
    const deviceId = await fleet.addDevice();
    const serials = await db.database.withTenant(fleet.organizationId, async (tx) => {
      const made: string[] = [];
      for (let index = 0; index < count; index += 1) {
        const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        const key = keyOfRequest(buildCertificateRequest(privateKey));
        const actor = systemActor('test', fleet.organizationId);
        made.push((await issueAgentCertificate(tx, deps(), { deviceId, key, actor })).certificate.serial);
      }
      return made;
    });
    return { deviceId, serials };
  }

  test('a list shows every certificate once, page by page, also those made in one moment', async () => {
    const { deviceId, serials } = await issue(acme, 7);
    await issue(acme, 2);
    await issue(globex, 3);
    const listed: string[] = [];
    let place: Awaited<ReturnType<typeof listCertificates>>['next'];
    do {
      const page = await listCertificates(deps(), principal(acme), {}, { limit: 2, after: place });
      listed.push(...page.items.map(({ serial }) => serial));
      place = page.next;
    } while (place);
    assert.equal(listed.length, 9);
    assert.equal(new Set(listed).size, 9);
    const ofDevice = await listCertificates(
      deps(),
      principal(acme),
      { deviceId },
      { limit: 50, after: undefined },
    );
    assert.deepEqual(ofDevice.items.map(({ serial }) => serial).sort(), serials.sort());
    assert.deepEqual(new Set(ofDevice.items.map(({ state }) => state)), new Set(['valid']));
  });

  test('DEV-06 an administrator revokes a certificate once, with a reason; its device is told off', async () => {
    const { deviceId, serials } = await issue(acme);
    const [serial = ''] = serials;
    announced.length = 0;
    await revokeCertificate(deps(), principal(acme), serial, 'key-compromise');
    assert.deepEqual(announced, [`device-refused ${deviceId}`]);
    const shown = await getCertificate(deps(), principal(acme), serial);
    assert.equal(shown.state, 'revoked');
    assert.equal(shown.revocationReason, 'key-compromise');
    await assert.rejects(revokeCertificate(deps(), principal(acme), serial, 'unspecified'), {
      code: 'conflict',
    });
    const admin = await db.superuser();
    const { rows } = await admin.query(
      `select content->>'reason' as reason from audit_entries
       where content->>'action' = 'certificates.revoke' and content#>>'{target,id}' = $1`,
      [serial],
    );
    assert.deepEqual(rows, [{ reason: 'key-compromise' }]);
  });

  test('DEV-06 only the last valid certificate that a device speaks by silences it', async () => {
    const { deviceId, serials } = await issue(acme, 4);
    const [first = '', second = '', expired = '', wifi = ''] = serials;
    const admin = await db.superuser();
    const change = (set: string, serial: string) =>
      admin.query(`update certificates set ${set} where serial = decode($1, 'hex')`, [serial]);
    await change(`not_after = now() - interval '1 hour'`, expired);
    await change(`purpose = 'wifi'`, wifi);
    silenced.length = 0;
    for (const serial of [wifi, expired, first]) {
      await revokeCertificate(deps(), principal(acme), serial, 'unspecified');
      assert.deepEqual(silenced, []);
    }
    await revokeCertificate(deps(), principal(acme), second, 'unspecified');
    assert.deepEqual(silenced, [deviceId]);
    const [nobodys = ''] = (await issue(acme)).serials;
    await change('device_id = null', nobodys);
    await revokeCertificate(deps(), principal(acme), nobodys, 'unspecified');
    assert.deepEqual(silenced, [deviceId]);
  });

  test('HTTP-07 another organization’s certificates do not exist, and each right is asked for', async () => {
    const [serial = ''] = (await issue(globex)).serials;
    await assert.rejects(getCertificate(deps(), principal(acme), serial), { code: 'not-found' });
    await assert.rejects(revokeCertificate(deps(), principal(acme), serial, 'unspecified'), {
      code: 'not-found',
    });
    assert.equal((await getCertificate(deps(), principal(globex), serial)).state, 'valid');
    await getCertificate(deps(), principal(globex, 'auditor'), serial);
    await assert.rejects(revokeCertificate(deps(), principal(globex, 'auditor'), serial, 'unspecified'), {
      code: 'forbidden',
    });
    await assert.rejects(listAuthorities(deps(), principal(globex, 'nac-service')), { code: 'forbidden' });
  });

  test('CRT-06 the authorities are shown for the trust stores of others, without their keys', async () => {
    const authorities = await listAuthorities(deps(), principal(acme));
    assert.deepEqual(
      authorities.map(({ kind }) => kind),
      ['device-root', 'device-issuing'],
    );
    for (const authority of authorities) {
      const [der] = decodePem('CERTIFICATE', authority.pem);
      assert.equal(parseCertificate(der ?? new Uint8Array()).fingerprint, authority.fingerprint);
      assert.doesNotMatch(JSON.stringify(authority), /PRIVATE/);
    }
  });
});
