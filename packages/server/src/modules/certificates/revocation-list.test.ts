import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { openssl } from '@gatehouse/protocols/x509/test-openssl.ts';
import { buildCertificateRequest, encodePem } from '@gatehouse/protocols/x509/index.ts';
import { systemActor } from '@gatehouse/core/actor.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { newId } from '../../kernel/ids.ts';
import { masterKeysOf } from '../../kernel/sealed/master-key.ts';
import { createSealer } from '../../kernel/sealed/sealer.ts';
import { createTestFleet, type TestFleet } from '../devices/test-fleet.ts';
import {
  createAuthorityDirectory,
  createRevocationLists,
  issueAgentCertificate,
  keyOfRequest,
  revokeDeviceCertificates,
} from './index.ts';
import { selectAuthorities } from './queries.ts';

let db: TestDatabase;
const masterKeys = masterKeysOf([randomBytes(32)]);
const sealer = createSealer(() => masterKeys);
let now = Date.now();
const clock = { now: () => now };

before(async () => {
  db = await openTestDatabase();
});
after(() => db[Symbol.asyncDispose]());

async function issue(fleet: TestFleet) {
  const deviceId = await fleet.addDevice();
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { certificate } = await db.database.withTenant(fleet.organizationId, (tx) =>
    issueAgentCertificate(
      tx,
      { sealer, clock },
      {
        deviceId,
        key: keyOfRequest(buildCertificateRequest(privateKey)),
        actor: systemActor('test', null),
      },
    ),
  );
  return { deviceId, certificate };
}

test('CRT-05 a revoked certificate is on its authority’s list within a minute, for OpenSSL to see; other tenants’ are not', async () => {
  const [acme, globex] = [await createTestFleet(db, 'acme'), await createTestFleet(db, 'globex')];
  const [revoked, valid, foreign] = [await issue(acme), await issue(acme), await issue(globex)];
  const authorities = await db.database.withTenant(acme.organizationId, (tx) => selectAuthorities(tx));
  const issuer = authorities.find(({ kind }) => kind === 'device-issuing');
  const root = authorities.find(({ kind }) => kind === 'device-root');
  assert.ok(issuer && root);
  const directory = createAuthorityDirectory({ database: db.database, clock: { now: () => Date.now() } });
  const lists = createRevocationLists({ database: db.database, directory, sealer, clock });
  const isRefused = async (certificate: Uint8Array) => {
    const crl = await lists.find(issuer.authority_id);
    assert.ok(crl);
    const pem = (label: 'CERTIFICATE' | 'X509 CRL', der: Uint8Array) => encodePem(label, der);
    try {
      openssl(
        {
          'root.pem': pem('CERTIFICATE', root.certificate),
          'issuer.pem': pem('CERTIFICATE', issuer.certificate),
          'leaf.pem': pem('CERTIFICATE', certificate),
          'list.pem': pem('X509 CRL', crl),
        },
        ...[
          'verify',
          '-CAfile',
          'root.pem',
          '-untrusted',
          'issuer.pem',
          '-crl_check',
          '-CRLfile',
          'list.pem',
          'leaf.pem',
        ],
      );
      return false;
    } catch (error) {
      assert.match(String((error as { stderr?: unknown }).stderr ?? error), /certificate revoked/);
      return true;
    }
  };
  assert.equal(await isRefused(revoked.certificate.der), false);
  for (const [fleet, { deviceId }] of [
    [acme, revoked],
    [globex, foreign],
  ] as const) {
    await db.database.withTenant(fleet.organizationId, (tx) =>
      revokeDeviceCertificates(
        tx,
        { clock, notifications: { publish: () => undefined } },
        {
          deviceId,
          reason: 'key-compromise',
          actor: systemActor('test', null),
        },
      ),
    );
  }
  now += 60_000;
  assert.equal(await isRefused(revoked.certificate.der), true);
  assert.equal(await isRefused(valid.certificate.der), false);
  const text = openssl(
    { 'list.der': (await lists.find(issuer.authority_id)) ?? '' },
    'crl',
    '-inform',
    'DER',
    '-in',
    'list.der',
    '-noout',
    '-text',
  ).toString();
  assert.match(text, /Key Compromise/);
  assert.equal(text.match(/Serial Number/g)?.length, 1);
  // Nobody needs to be told of a certificate that has ended by itself.
  now += 91 * 86_400_000;
  const later = openssl(
    { 'list.der': (await lists.find(issuer.authority_id)) ?? '' },
    'crl',
    '-inform',
    'DER',
    '-in',
    'list.der',
    '-noout',
    '-text',
  ).toString();
  assert.match(later, /No Revoked Certificates/);
  assert.equal(await lists.find(newId()), undefined);
});
