import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { type PlistDictionary, readPlist } from '@gatehouse/protocols/plist/index.ts';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { createPendingDevice, registerDevice } from '../../../modules/devices/index.ts';
import { openTestAdminSurface, type TestAdminSurface } from '../../../surfaces/admin/test-surface.ts';
import { createProfileMaker, renewalProfile } from './profile-maker.ts';
import { renewIdentities } from './renew-identities.ts';

const day = 86_400_000;

describe('renewal of the identities of Apple devices', () => {
  let surface: TestAdminSurface;
  let topic = 'com.apple.mgmt.one';
  before(async () => {
    surface = await openTestAdminSurface();
  });
  after(() => surface[Symbol.asyncDispose]());

  const options = (change: object = {}) => ({
    ...surface.deps,
    deviceUrl: new URL('https://gatehouse.example:8444'),
    tlsAnchors: () => [],
    pushTopic: async () => topic,
    signMessages: false,
    ...change,
  });

  async function query<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    const admin = await surface.db.superuser();
    try {
      return (await admin.query(text, values)).rows as Row[];
    } finally {
      await admin.end();
    }
  }

  /** A device that enrolled by a profile and has a certificate that ends then. */
  async function enrolled(endsInDays: number, organization = surface.acme): Promise<string> {
    const draft = await createProfileMaker(options()).prepare(organization.id);
    const deviceId = await surface.db.database.withTenant(organization.id, async (tx) => {
      const made = await createPendingDevice(tx, {
        userId: null,
        platform: 'ios',
        ownership: 'corporate',
        enrollmentId: null,
        name: '',
      });
      await draft.write(tx, { ...made, enrollmentId: made.deviceId, ownership: 'corporate' });
      await registerDevice(tx, made.deviceId);
      return made.deviceId;
    });
    const serial = randomBytes(16);
    await query(
      `insert into certificates (organization_id, serial, authority_id, purpose, device_id, fingerprint,
         public_key_fingerprint, certificate, not_before, not_after)
       select $1, $2, authority_id, 'mdm', $3, $2, $2, $2, now(), now() + $4 * interval '1 day'
       from certificate_authorities where organization_id = $1 and kind = 'scep'`,
      [organization.id, serial, deviceId, endsInDays],
    );
    return deviceId;
  }
  const asked = async () =>
    new Set(
      (
        await query<{ device_id: string }>(`select device_id from commands where name = 'renew-identity'`)
      ).map((row) => row.device_id),
    );

  test('the server asks in time, spread over two months, each device once a week, and leaves the others alone', async () => {
    const soon = await enrolled(100);
    const far = await enrolled(200);
    const other = await enrolled(30, surface.globex);
    const spread = await Promise.all(Array.from({ length: 30 }, () => enrolled(150)));
    await renewIdentities(surface.deps);
    const first = await asked();
    assert.ok(first.has(soon) && first.has(other) && !first.has(far));
    const early = spread.filter((id) => first.has(id)).length;
    assert.ok(early > 3 && early < 27, `${early} of 30 are due by now`);
    const count = async () =>
      (await query<{ count: string }>(`select count(*) from commands where name = 'renew-identity'`))[0]
        ?.count;
    const before = await count();
    assert.equal(await renewIdentities(surface.deps), 0);
    surface.advance(8 * day);
    await renewIdentities(surface.deps);
    assert.equal(await count(), String((await asked()).size), 'a request that still waits is not doubled');
    assert.ok(Number(await count()) >= Number(before));
    surface.advance(-8 * day);
    const [entry] = await query<{ origin: string; requested_by: string }>(
      `select origin, requested_by from commands where device_id = $1`,
      [soon],
    );
    assert.equal(entry?.origin, 'system');
  });

  test('the profile is the same but for its challenge, which is for a renewal; what may not change does not', async () => {
    const deviceId = await enrolled(100);
    topic = 'com.apple.mgmt.two';
    const read = (bytes: Uint8Array) => readPlist(bytes) as PlistDictionary;
    const renewed = await surface.db.database.withTenant(surface.acme.id, async (tx) =>
      read(
        await renewalProfile(
          tx,
          options({ signMessages: true, publicUrl: new URL('https://moved.example') }),
          deviceId,
          Buffer.from('authority'),
        ),
      ),
    );
    topic = 'com.apple.mgmt.one';
    const [scep, mdm] = renewed['PayloadContent'] as PlistDictionary[];
    assert.equal(mdm?.['Topic'], 'com.apple.mgmt.one');
    assert.equal(mdm?.['ServerURL'], 'https://gatehouse.example:8444/apple/mdm');
    assert.equal(mdm?.['SignMessage'], false);
    assert.equal(mdm?.['AccessRights'], 8191);
    const content = scep?.['PayloadContent'] as PlistDictionary;
    assert.equal(
      content['URL'],
      'https://moved.example/scep/acme',
      'where certificates are asked for may change',
    );
    const [challenge] = await query<{ renewal_of: string | null }>(
      `select encode(renewal_of, 'hex') as renewal_of from scep_challenges
       where replace(challenge_id::text, '-', '') = $1`,
      [String(content['Challenge']).slice(0, 32)],
    );
    assert.ok(challenge?.renewal_of);
  });

  test('a device that has no profile of ours is not sent one', async () => {
    const { deviceId } = await surface.db.database.withTenant(surface.acme.id, (tx) =>
      createPendingDevice(tx, {
        userId: null,
        platform: 'macos',
        ownership: 'corporate',
        enrollmentId: null,
        name: '',
      }),
    );
    await assert.rejects(
      surface.db.database.withTenant(surface.acme.id, (tx) =>
        renewalProfile(tx, options(), deviceId, Buffer.from('authority')),
      ),
      (error) => isDomainError(error, 'not-found'),
    );
  });

  test('behind a proxy that passes no certificates on, devices speak to the main listener and sign each message', async () => {
    const draft = await createProfileMaker(options({ signMessages: true })).prepare(surface.acme.id);
    const profile = await surface.db.database.withTenant(surface.acme.id, async (tx) => {
      const made = await createPendingDevice(tx, {
        userId: null,
        platform: 'ios',
        ownership: 'corporate',
        enrollmentId: null,
        name: '',
      });
      return readPlist(
        await draft.write(tx, { ...made, enrollmentId: made.deviceId, ownership: 'corporate' }),
      ) as PlistDictionary;
    });
    const mdm = (profile['PayloadContent'] as PlistDictionary[]).at(-1);
    assert.equal(mdm?.['SignMessage'], true);
    assert.equal(mdm?.['ServerURL'], `${surface.deps.publicUrl.origin}/apple/mdm`);
    assert.equal(mdm?.['CheckInURL'], mdm?.['ServerURL']);
  });

  test('the server’s own root goes along, one that every device knows does not', async () => {
    const { getCACertificates } = await import('node:tls');
    const { X509Certificate } = await import('node:crypto');
    const known = new X509Certificate(getCACertificates('bundled')[0] ?? '').raw;
    const own = Buffer.from('a private root');
    const draft = await createProfileMaker(options({ tlsAnchors: () => [known, own] })).prepare(
      surface.acme.id,
    );
    const profile = await surface.db.database.withTenant(surface.acme.id, async (tx) => {
      const made = await createPendingDevice(tx, {
        userId: null,
        platform: 'ios',
        ownership: 'personal',
        enrollmentId: null,
        name: '',
      });
      return readPlist(
        await draft.write(tx, { ...made, enrollmentId: made.deviceId, ownership: 'personal' }),
      ) as PlistDictionary;
    });
    const roots = (profile['PayloadContent'] as PlistDictionary[]).filter(
      (each) => each['PayloadType'] === 'com.apple.security.root',
    );
    assert.deepEqual(
      roots.map((each) => Buffer.from(each['PayloadContent'] as Uint8Array).toString()),
      ['a private root'],
    );
  });
});
