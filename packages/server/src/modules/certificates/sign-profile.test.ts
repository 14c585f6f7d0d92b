import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { verifyAttached } from '@gatehouse/protocols/cms/index.ts';
import { encodePem, parseCertificate } from '@gatehouse/protocols/x509/index.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { masterKeysOf } from '../../kernel/sealed/master-key.ts';
import { createSealer } from '../../kernel/sealed/sealer.ts';
import { createTestFleet, type TestFleet } from '../devices/test-fleet.ts';
import { ensureAuthorities, signProfile } from './index.ts';

const day = 86_400_000;
const profile = Buffer.from('<?xml version="1.0"?><plist version="1.0"><dict/></plist>');

describe('a signed profile', () => {
  let db: TestDatabase;
  let acme: TestFleet;
  let globex: TestFleet;
  let offset = 0;
  const masterKeys = masterKeysOf([randomBytes(32)]);
  const clock = { now: () => Date.now() + offset };
  const deps = () => ({ database: db.database, sealer: createSealer(() => masterKeys), clock });
  before(async () => {
    db = await openTestDatabase();
    [acme, globex] = [await createTestFleet(db, 'acme'), await createTestFleet(db, 'globex')];
  });
  after(() => db[Symbol.asyncDispose]());

  async function rootOf({ organizationId }: TestFleet): Promise<string> {
    const { root } = await db.database.withTenant(organizationId, (tx) => ensureAuthorities(tx, deps()));
    return encodePem('CERTIFICATE', root.certificate.der);
  }

  function opensslReads(signed: Uint8Array, root: string): Buffer {
    const directory = mkdtempSync(join(tmpdir(), 'gatehouse-profile-'));
    try {
      writeFileSync(join(directory, 'signed'), signed);
      writeFileSync(join(directory, 'root.pem'), root);
      const verify = ['cms', '-verify', '-binary', '-inform', 'DER', '-in', 'signed', '-CAfile', 'root.pem'];
      return execFileSync('openssl', verify, { cwd: directory, stdio: ['ignore', 'pipe', 'ignore'] });
    } finally {
      rmSync(directory, { recursive: true });
    }
  }

  test('is the profile inside a signature whose chain ends at the organization’s device root', async () => {
    const signed = await signProfile(deps(), acme.organizationId, profile);
    const found = verifyAttached(signed);
    assert.deepEqual(Buffer.from(found.content), profile);
    const [leaf, issuer, root, ...more] = found.certificates.map(parseCertificate);
    assert.equal(more.length, 0);
    assert.equal(leaf?.fingerprint, found.fingerprint);
    assert.match(leaf?.subject.text ?? '', /^CN=acme profiles [0-9a-f]{12},O=acme$/);
    assert.equal(leaf?.issuer.text, issuer?.subject.text);
    assert.equal(issuer?.issuer.text, root?.subject.text);
    assert.equal(root?.basicConstraints?.ca, true);
    assert.deepEqual(opensslReads(signed, await rootOf(acme)), profile);
    const foreign = await rootOf(globex);
    assert.throws(() => opensslReads(signed, foreign), 'another organization did not sign it');
  });

  test('comes from the same signer until a year has passed, and then from the next', async () => {
    const signer = async () =>
      verifyAttached(await signProfile(deps(), acme.organizationId, profile)).fingerprint;
    const [first, ...others] = await Promise.all([signer(), signer(), signer()]);
    assert.deepEqual(others, [first, first]);
    offset = 364 * day;
    assert.equal(await signer(), first);
    offset = 366 * day;
    const second = await signer();
    assert.notEqual(second, first);
    // Below whichever issuing authority signed it: by now there may be another.
    offset = 2 * 366 * day;
    const signed = await signProfile(deps(), acme.organizationId, profile);
    const chain = verifyAttached(signed).certificates.map(parseCertificate);
    assert.equal(chain.length, 3);
    assert.equal(chain[0]?.issuer.text, chain[1]?.subject.text);
  });
});
