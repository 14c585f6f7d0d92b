import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import {
  buildCertificateRequest,
  parseCertificate,
  signerFor,
  verifyPath,
} from '@gatehouse/protocols/x509/index.ts';
import {
  newDeviceCertificate,
  newIssuing,
  newRoot,
  oddCertificate,
} from '@gatehouse/protocols/x509/test-authority.ts';
import { systemActor } from '@gatehouse/core/actor.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { masterKeysOf } from '../../kernel/sealed/master-key.ts';
import { createSealer } from '../../kernel/sealed/sealer.ts';
import { createTestFleet, type TestFleet } from '../devices/test-fleet.ts';
import {
  authenticateCertificate,
  CertificateRefused,
  createAuthorityDirectory,
  createCertificateVerifier,
  createStandings,
  ensureAuthorities,
  issueAgentCertificate,
  keyOfRequest,
  renewAgentCertificate,
  revokeDeviceCertificates,
} from './index.ts';
import { selectAuthorities, selectAuthorityKey } from './queries.ts';

const day = 86_400_000;
const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

describe('certificates of devices', () => {
  let db: TestDatabase;
  let acme: TestFleet;
  let globex: TestFleet;
  const sealer = createSealer(() => masterKeys);
  const masterKeys = masterKeysOf([randomBytes(32)]);
  const start = Date.now();
  let now = start;
  const clock = { now: () => now };
  const announced: string[] = [];
  const notifications = {
    publish: (topic: string, { id }: { id: string }) => void announced.push(`${topic} ${id}`),
  };
  let deps: Parameters<typeof authenticateCertificate>[0] & { sealer: typeof sealer };

  before(async () => {
    db = await openTestDatabase();
    [acme, globex] = [await createTestFleet(db, 'acme'), await createTestFleet(db, 'globex')];
    const { database } = db;
    deps = {
      database,
      sealer,
      clock,
      notifications,
      verifier: newVerifier(),
      standings: createStandings(database),
    };
  });
  after(() => db[Symbol.asyncDispose]());

  function newVerifier() {
    return createCertificateVerifier({
      directory: createAuthorityDirectory({ database: db.database, clock: { now: () => Date.now() } }),
      clock,
    });
  }

  async function enrolled(fleet: TestFleet, key: KeyObject = newKey()) {
    const deviceId = await fleet.addDevice();
    const issued = await db.database.withTenant(fleet.organizationId, (tx) =>
      issueAgentCertificate(tx, deps, {
        deviceId,
        key: keyOfRequest(buildCertificateRequest(key)),
        actor: systemActor('test', fleet.organizationId),
      }),
    );
    return { deviceId, key, der: issued.certificate.der, issued };
  }

  async function refusal(der: Uint8Array): Promise<string> {
    try {
      await authenticateCertificate(deps, der);
      return 'accepted';
    } catch (error) {
      assert.ok(error instanceof CertificateRefused, String(error));
      assert.equal(error.status, 401);
      return error.why.split(':')[0] ?? '';
    }
  }

  const row = async (serial: string) => {
    const admin = await db.superuser();
    const { rows } = await admin.query(
      `select first_used_at, revoked_at, revocation_reason from certificates where encode(serial, 'hex') = $1`,
      [serial],
    );
    await admin.end();
    return rows[0] as {
      first_used_at: Date | null;
      revoked_at: Date | null;
      revocation_reason: string | null;
    };
  };

  async function authorityOf(fleet: TestFleet, kind: string) {
    return db.database.withTenant(fleet.organizationId, async (tx) => {
      const rows = await selectAuthorities(tx);
      const found = rows.findLast((candidate) => candidate.kind === kind);
      assert.ok(found);
      const sealed = await selectAuthorityKey(tx, found.authority_id);
      assert.ok(sealed);
      const pkcs8 = await sealer.open(tx, 'certificate_authorities.private_key', found.authority_id, sealed);
      return {
        certificate: parseCertificate(found.certificate),
        key: createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }),
      };
    });
  }

  test('ENR-T05 the certificate is what the profile says, whatever the request asks for', async () => {
    const key = newKey();
    const csr = buildCertificateRequest(key, { commonName: 'root', organization: 'Evil' });
    const { deviceId, issued } = await enrolled(acme, key);
    const { certificate } = issued;
    assert.deepEqual(keyOfRequest(csr).fingerprint, certificate.publicKey.fingerprint);
    assert.equal(certificate.subject.text, `CN=${deviceId}`);
    assert.deepEqual(certificate.subjectAlternativeNames, [
      { kind: 'uri', value: `urn:uuid:${deviceId}` },
      { kind: 'uri', value: `ID:Gatehouse:GUID:${deviceId}` },
    ]);
    assert.deepEqual(certificate.extendedKeyUsage, ['clientAuth']);
    assert.deepEqual(certificate.keyUsage, ['digitalSignature']);
    assert.notEqual(certificate.basicConstraints?.ca, true);
    assert.ok(certificate.notAfter - now <= 90 * day && certificate.notAfter - now > 90 * day - 2_000);
    assert.equal(certificate.serial.length, 32);
    const [, issuer] = issued.chain;
    assert.ok(issuer);
    const { certificate: root } = await authorityOf(acme, 'device-root');
    const verdict = verifyPath({
      leaf: certificate,
      intermediates: [parseCertificate(issuer)],
      roots: [root],
      now,
      usage: 'clientAuth',
    });
    assert.ok(verdict.ok);
    assert.equal(parseCertificate(issuer).basicConstraints?.pathLength, 0);
    assert.ok(root.notAfter - now > 3_649 * day);
  });

  test('ENR-T06 weak keys and the key of another certificate are refused by name', async () => {
    const rsa = (modulusLength: number, publicExponent = 65_537) =>
      buildCertificateRequest(generateKeyPairSync('rsa', { modulusLength, publicExponent }).privateKey);
    const named = { code: 'unprocessable', reason: 'key-not-accepted' };
    assert.throws(() => keyOfRequest(rsa(1024)), { ...named, message: /1024 bits is too short/ });
    assert.throws(() => keyOfRequest(rsa(2048, 3)), { ...named, message: /exponent 3 is not accepted/ });
    const forged = Buffer.from(buildCertificateRequest(newKey()));
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    assert.throws(() => keyOfRequest(forged), named);
    keyOfRequest(rsa(2048));

    const first = await enrolled(acme);
    await assert.rejects(enrolled(acme, first.key), { ...named, message: /belongs to another certificate/ });
    // Another organization cannot learn of it: uniqueness is per tenant.
    await enrolled(globex, first.key);
  });

  test('DEV-05 wrong certificates are refused', async () => {
    const { deviceId, der } = await enrolled(acme);
    const good = parseCertificate(der);
    const issuer = await authorityOf(acme, 'device-issuing');
    const root = await authorityOf(acme, 'device-root');
    const names = good.subjectAlternativeNames;
    assert.ok(names);
    const usual = { keyUsage: ['digitalSignature'], extendedKeyUsage: ['clientAuth'] } as const;
    const aki = issuer.certificate.subjectKeyIdentifier;
    assert.ok(aki);
    const odd = (change: Partial<Parameters<typeof oddCertificate>[0]>) =>
      oddCertificate({
        issuer,
        commonName: deviceId,
        notBefore: now - day,
        notAfter: now + day,
        extensions: { ...usual, subjectAlternativeNames: names, authorityKeyIdentifier: aki },
        ...change,
      });
    const foreign = newIssuing(newRoot());
    const twin = { certificate: issuer.certificate, key: newKey() };
    const revoked = await enrolled(acme);
    await db.database.withTenant(acme.organizationId, (tx) =>
      revokeDeviceCertificates(tx, deps, {
        deviceId: revoked.deviceId,
        reason: 'key-compromise',
        actor: systemActor('test', null),
      }),
    );
    const other = await enrolled(globex);
    const flipped = Buffer.from(der);
    flipped[flipped.length - 5] = (flipped.at(-5) ?? 0) ^ 1;
    const vectors: readonly [name: string, certificate: Uint8Array, why: string][] = [
      ['expired', odd({ notAfter: now - 1_000 }), 'expired'],
      ['not valid yet', odd({ notBefore: now + 3_600_000 }), 'not-yet-valid'],
      ['revoked', revoked.der, 'revoked'],
      ['foreign authority', newDeviceCertificate(foreign).der, 'unknown-issuer'],
      [
        'same issuer name and key identifier, other key',
        odd({ signer: signerFor(twin.key) }),
        'bad-signature',
      ],
      ['signature altered', flipped, 'bad-signature'],
      ['issuing CA used as leaf', issuer.certificate.der, 'unknown-issuer'],
      ['root used as leaf', root.certificate.der, 'unknown-issuer'],
      [
        'a certificate authority under ours',
        odd({
          extensions: {
            ...usual,
            basicConstraints: { ca: true },
            subjectAlternativeNames: names,
            authorityKeyIdentifier: aki,
          },
        }),
        'ca-as-leaf',
      ],
      [
        'for servers',
        odd({
          extensions: {
            ...usual,
            extendedKeyUsage: ['serverAuth'],
            subjectAlternativeNames: names,
            authorityKeyIdentifier: aki,
          },
        }),
        'wrong-eku',
      ],
      [
        'for no stated purpose',
        odd({
          extensions: {
            keyUsage: ['digitalSignature'],
            subjectAlternativeNames: names,
            authorityKeyIdentifier: aki,
          },
        }),
        'wrong-eku',
      ],
      [
        'SHA-1',
        odd({ signer: { algorithm: 'ecdsa-sha1', sign: (bytes) => sign('sha1', bytes, issuer.key) } }),
        'weak-signature',
      ],
      ['weak key', odd({ key: generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey }), 'weak-key'],
      ['no names', odd({ extensions: { ...usual, authorityKeyIdentifier: aki } }), 'no-device-named'],
      ['names another device', odd({ commonName: other.deviceId }), 'no-device-named'],
      ['well made, signed by our issuer, but not on record', odd({}), 'not-on-record'],
      [
        'same subject, key of another tenant’s device',
        odd({ subjectPublicKey: parseCertificate(other.der).publicKey.spki }),
        'not-on-record',
      ],
      ['not a certificate', randomBytes(400), 'malformed'],
      ['empty', new Uint8Array(), 'malformed'],
    ];
    for (const [name, certificate, why] of vectors) assert.equal(await refusal(certificate), why, name);
    assert.equal(await refusal(der), 'accepted');
  });

  test('DEV-03 the tenant is the issuing authority’s, and only its rows are read', async () => {
    const [ours, theirs] = [await enrolled(acme), await enrolled(globex)];
    assert.equal((await authenticateCertificate(deps, ours.der)).organizationId, acme.organizationId);
    assert.equal((await authenticateCertificate(deps, theirs.der)).organizationId, globex.organizationId);
    // The other tenant's authority vouching for our device: the row is looked for among its own.
    const issuer = await authorityOf(globex, 'device-issuing');
    const names = parseCertificate(ours.der).subjectAlternativeNames;
    assert.ok(names && issuer.certificate.subjectKeyIdentifier);
    const crossing = oddCertificate({
      issuer,
      commonName: ours.deviceId,
      key: ours.key,
      notBefore: now - day,
      notAfter: now + day,
      extensions: {
        keyUsage: ['digitalSignature'],
        extendedKeyUsage: ['clientAuth'],
        subjectAlternativeNames: names,
        authorityKeyIdentifier: issuer.certificate.subjectKeyIdentifier,
      },
    });
    assert.equal(await refusal(crossing), 'not-on-record');
  });

  test('DEV-06 revocation and the device’s state count from the next request on, though the certificate is remembered', async () => {
    const { deviceId, der, issued } = await enrolled(acme);
    assert.equal(await refusal(der), 'accepted');
    const admin = await db.superuser();
    const set = (state: string) =>
      admin.query('update devices set state = $2 where device_id = $1', [deviceId, state]);
    for (const [state, expected] of [
      ['blocked', 'device-blocked'],
      ['unmanaged', 'device-unmanaged'],
      ['wiping', 'accepted'],
      ['registered', 'accepted'],
    ] as const) {
      await set(state);
      assert.equal(await refusal(der), expected);
    }
    announced.length = 0;
    await db.database.withTenant(acme.organizationId, (tx) =>
      revokeDeviceCertificates(tx, deps, {
        deviceId,
        reason: 'unspecified',
        actor: systemActor('test', null),
      }),
    );
    assert.deepEqual(announced, [`device-refused ${deviceId}`]);
    assert.equal(await refusal(der), 'revoked');
    assert.equal((await row(issued.certificate.serial)).revocation_reason, 'unspecified');
  });

  test('a remembered certificate still expires', async () => {
    const { der } = await enrolled(acme);
    assert.equal(await refusal(der), 'accepted');
    now = start + 90 * day + 1_000;
    try {
      assert.equal(await refusal(der), 'expired');
    } finally {
      now = start;
    }
  });

  test('renewal: not before day 60, both valid until the new one is used, then the old one is superseded', async () => {
    const { deviceId, der, issued, key } = await enrolled(acme);
    const old = await authenticateCertificate(deps, der);
    const next = newKey();
    const csr = buildCertificateRequest(next);
    await assert.rejects(renewAgentCertificate(deps, old, csr), {
      code: 'conflict',
      reason: 'renewal-too-early',
    });
    try {
      now = start + 60 * day;
      await assert.rejects(renewAgentCertificate(deps, old, buildCertificateRequest(key)), {
        reason: 'key-not-accepted',
      });
      const renewed = await renewAgentCertificate(deps, old, csr);
      assert.equal(renewed.certificate.subject.text, `CN=${deviceId}`);
      assert.equal(renewed.notAfter, Math.trunc((now + 90 * day) / 1000) * 1000);
      // The answer was lost: the same request gets the same certificate, another key gets another and ends the first.
      const again = await renewAgentCertificate(deps, old, csr);
      assert.equal(again.certificate.fingerprint, renewed.certificate.fingerprint);
      assert.deepEqual(again.chain.map(hex), renewed.chain.map(hex));
      const second = await renewAgentCertificate(deps, old, buildCertificateRequest(newKey()));
      assert.equal(await refusal(renewed.certificate.der), 'revoked');
      assert.equal(await refusal(der), 'accepted');
      announced.length = 0;
      assert.equal(await refusal(second.certificate.der), 'accepted');
      assert.equal(await refusal(der), 'revoked');
      assert.equal((await row(issued.certificate.serial)).revocation_reason, 'superseded');
      assert.deepEqual(announced, [`device-refused ${deviceId}`]);
    } finally {
      now = start;
    }
  });

  test('a new issuer takes over at 18 months; what the old one signed stays valid', async () => {
    const fleet = await createTestFleet(db, 'initech');
    const before = await enrolled(fleet);
    try {
      now = start + 548 * day;
      const after = await enrolled(fleet);
      assert.notEqual(after.issued.certificate.issuer.text, before.issued.certificate.issuer.text);
      const states = await db.database.withTenant(fleet.organizationId, (tx) => selectAuthorities(tx));
      assert.deepEqual(
        states.map(({ kind, state }) => `${kind} ${state}`),
        ['device-root active', 'device-issuing retiring', 'device-issuing active'],
      );
      assert.equal(await refusal(after.der), 'accepted');
      now = start + 80 * day;
      assert.equal(await refusal(before.der), 'accepted');
    } finally {
      now = start;
    }
  });

  test('many first certificates at once make one set of authorities', async () => {
    const fleet = await createTestFleet(db, 'hooli');
    await Promise.all(
      Array.from({ length: 5 }, () =>
        db.database.withTenant(fleet.organizationId, (tx) => ensureAuthorities(tx, deps)),
      ),
    );
    const rows = await db.database.withTenant(fleet.organizationId, (tx) => selectAuthorities(tx));
    assert.deepEqual(
      rows.map(({ kind }) => kind),
      ['device-root', 'device-issuing'],
    );
  });

  test('a server that does not know a new organization’s issuer yet finds it', async () => {
    deps = { ...deps, verifier: newVerifier() };
    const known = await enrolled(acme);
    assert.equal(await refusal(known.der), 'accepted');
    const fleet = await createTestFleet(db, 'umbrella');
    assert.equal(await refusal((await enrolled(fleet)).der), 'accepted');
  });

  test('private keys of authorities are sealed', async () => {
    const { key } = await authorityOf(acme, 'device-issuing');
    const admin = await db.superuser();
    const { rows } = await admin.query('select private_key from certificate_authorities');
    const secret = key.export({ format: 'jwk' }).d;
    assert.ok(secret);
    for (const { private_key: stored } of rows) {
      assert.equal((stored as Buffer).includes(Buffer.from(secret, 'base64url')), false);
    }
  });
});

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
