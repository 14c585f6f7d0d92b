import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { signPushRequest } from '@gatehouse/protocols/apple-push/index.ts';
import { decodePem } from '@gatehouse/protocols/x509/index.ts';
import { createAppleAuthority } from '@gatehouse/simulators/apns/index.ts';
import { openTestDatabase, type TestDatabase } from '../../../kernel/db/test-database.ts';
import { createTestFleet, type TestFleet } from '../../../modules/devices/test-fleet.ts';
import { acceptSignedRequest, requestPushCertificate } from './request-certificate.ts';
import { pushTopic, showPushCertificate, warnOfExpiry } from './show-certificate.ts';
import { createTestPush, type TestPush } from './test-push.ts';
import { uploadPushCertificate } from './upload-certificate.ts';

const day = 86_400_000;
const start = Date.now();
const apple = createAppleAuthority();
/** As it comes over the API, which knows no member `topic`. */
const identityOf = ({ certificate, key }: { certificate: string; key: string }, confirmTopic: string) => ({
  certificate,
  key,
  confirmTopic,
});

describe('push certificates', () => {
  let db: TestDatabase;
  let push: TestPush;
  let number = 0;

  before(async () => {
    db = await openTestDatabase();
    push = createTestPush(db, start);
  });
  after(() => db[Symbol.asyncDispose]());

  const newFleet = (): Promise<TestFleet> => createTestFleet(db, `org-${(number += 1)}`);
  const refused = (reason: string) => (error: unknown) => isDomainError(error) && error.reason === reason;
  const topicOf = (fleet: TestFleet) => db.database.withTenant(fleet.organizationId, pushTopic);

  test('CRT-04 from request over vendor and Apple’s portal to a certificate in use; renewed, the topic stays', async () => {
    const fleet = await newFleet();
    const admin = push.administrator(fleet);
    assert.equal((await showPushCertificate(push, admin)).state, 'missing');
    const { csr } = await requestPushCertificate(push, admin, {});
    assert.equal((await requestPushCertificate(push, admin, {})).csr, csr, 'the one that waits');
    const vendor = apple.issueVendorCertificate();
    const signed = signPushRequest(
      decodePem('CERTIFICATE REQUEST', csr)[0] ?? new Uint8Array(),
      vendor.chain,
      vendor.key,
    );
    await acceptSignedRequest(push, admin, { signed });
    const waiting = await showPushCertificate(push, admin);
    assert.equal(waiting.request?.signed, signed);
    await uploadPushCertificate(push, admin, {
      certificate: apple.portal(signed),
      account: 'push@acme.example',
    });
    const shown = await showPushCertificate(push, admin);
    assert.equal(shown.state, 'valid');
    assert.equal(shown.request, null);
    assert.equal(shown.certificate?.account, 'push@acme.example');
    const topic = await topicOf(fleet);
    assert.match(topic ?? '', /^com\.apple\.mgmt\.External\./);
    await push.addChannel(fleet, topic ?? '');

    const again = await requestPushCertificate(push, admin, {});
    assert.notEqual(again.csr, csr, 'a new key');
    const renewal = signPushRequest(
      decodePem('CERTIFICATE REQUEST', again.csr)[0] ?? new Uint8Array(),
      vendor.chain,
      vendor.key,
    );
    await uploadPushCertificate(push, admin, { certificate: apple.portal(renewal, { topic: topic ?? '' }) });
    const renewed = await showPushCertificate(push, admin);
    assert.equal(renewed.certificate?.topic, topic);
    assert.equal(renewed.certificate?.account, 'push@acme.example', 'the account is remembered');
    assert.notEqual(renewed.certificate?.fingerprint, shown.certificate?.fingerprint);
    const kept = await push.rows<{ n: number }>(
      `select count(*)::integer as n from apple_push_certificates where organization_id = $1 and state = 'replaced' and private_key is null`,
      [fleet.organizationId],
    );
    assert.equal(kept[0]?.n, 1, 'the replaced one without its key');
  });

  test('APL-07 a certificate with another topic than devices are bound to is refused unless the topic is typed out', async () => {
    const fleet = await newFleet();
    const admin = push.administrator(fleet);
    const [first, other] = [apple.issuePushCertificate(), apple.issuePushCertificate()];
    await uploadPushCertificate(push, admin, first);
    await push.addChannel(fleet, first.topic);
    for (const confirmTopic of [undefined, first.topic, `${other.topic} `, 'yes']) {
      const { certificate, key } = other;
      const upload = { certificate, key, ...(confirmTopic === undefined ? {} : { confirmTopic }) };
      await assert.rejects(uploadPushCertificate(push, admin, upload), (error) => {
        assert.ok(isDomainError(error, 'conflict'));
        assert.deepEqual(error.detail, { topic: other.topic, bound: [first.topic], channels: 1 });
        return true;
      });
    }
    assert.equal(await topicOf(fleet), first.topic);
    await uploadPushCertificate(push, admin, identityOf(other, other.topic));
    assert.equal(await topicOf(fleet), other.topic);
    const audited = await push.rows<{ outcome: string }>(
      `select content->>'outcome' as outcome from audit_entries where organization_id = $1
       and content->>'action' = 'push-certificates.upload' order by entry_id`,
      [fleet.organizationId],
    );
    assert.deepEqual(
      audited.map(({ outcome }) => outcome),
      ['done', 'refused', 'refused', 'refused', 'refused', 'done'],
    );
  });

  test('another topic is no matter while no device is bound to one', async () => {
    const fleet = await newFleet();
    const admin = push.administrator(fleet);
    await uploadPushCertificate(push, admin, apple.issuePushCertificate());
    const other = apple.issuePushCertificate();
    await uploadPushCertificate(push, admin, other);
    assert.equal(await topicOf(fleet), other.topic);
  });

  test('what is no usable push certificate is refused with the reason', async () => {
    const fleet = await newFleet();
    const admin = push.administrator(fleet);
    const good = apple.issuePushCertificate();
    const cases = [
      [{ certificate: 'nothing' }, 'not-a-certificate'],
      [{ certificate: apple.trust }, 'no-topic'],
      [{ ...apple.issuePushCertificate({ topic: 'com.example.app' }) }, 'no-topic'],
      [apple.issuePushCertificate({ notBefore: start - 9 * day, notAfter: start - day }), 'expired'],
      [
        apple.issuePushCertificate({ notBefore: start + 9 * day, notAfter: start + 99 * day }),
        'not-yet-valid',
      ],
      [{ certificate: good.certificate }, 'key-mismatch'],
      [{ certificate: good.certificate, key: apple.issuePushCertificate().key }, 'key-mismatch'],
      [{ certificate: good.certificate, key: 'nothing' }, 'not-a-key'],
    ] as const;
    for (const [upload, reason] of cases)
      await assert.rejects(uploadPushCertificate(push, admin, upload as never), refused(reason), reason);
    assert.equal((await showPushCertificate(push, admin)).state, 'missing');
  });

  test('a request that somebody else’s key stands in, or that is signed wrongly, is not kept', async () => {
    const fleet = await newFleet();
    const admin = push.administrator(fleet);
    const vendor = apple.issueVendorCertificate();
    const mine = await requestPushCertificate(push, admin, {});
    const foreign = await requestPushCertificate(push, push.administrator(await newFleet()), {});
    const der = (csr: string) => decodePem('CERTIFICATE REQUEST', csr)[0] ?? new Uint8Array();
    const signedForeign = signPushRequest(der(foreign.csr), vendor.chain, vendor.key);
    await assert.rejects(
      acceptSignedRequest(push, admin, { signed: signedForeign }),
      refused('other-request'),
    );
    const signed = signPushRequest(der(mine.csr), vendor.chain, vendor.key);
    const forged = Buffer.from(
      Buffer.from(signed, 'base64')
        .toString()
        .replace(/(<key>PushCertSignature<\/key>\s*<string>)..../, '$1AAAA'),
    ).toString('base64');
    await assert.rejects(acceptSignedRequest(push, admin, { signed: forged }), refused('bad-signature'));
  });

  test('the key is sealed and is in no answer', async () => {
    const fleet = await newFleet();
    const admin = push.administrator(fleet);
    const identity = apple.issuePushCertificate();
    await uploadPushCertificate(push, admin, identity);
    assert.doesNotMatch(JSON.stringify(await showPushCertificate(push, admin)), /PRIVATE KEY|private/);
    const [row] = await push.rows<{ private_key: Buffer }>(
      `select private_key from apple_push_certificates where organization_id = $1`,
      [fleet.organizationId],
    );
    const body = decodePem('PRIVATE KEY', identity.key)[0] ?? new Uint8Array();
    assert.ok(row && !row.private_key.includes(Buffer.from(body.subarray(40, 80))));
  });

  test('who may not manage push may not; an auditor sees', async () => {
    const fleet = await newFleet();
    const auditor = push.administrator(fleet, 'auditor');
    assert.equal((await showPushCertificate(push, auditor)).state, 'missing');
    const upload = apple.issuePushCertificate();
    await assert.rejects(uploadPushCertificate(push, auditor, upload), (error) =>
      isDomainError(error, 'forbidden'),
    );
    await assert.rejects(requestPushCertificate(push, auditor, {}), (error) =>
      isDomainError(error, 'forbidden'),
    );
  });

  test('the end is announced 60, 30 and 7 days before, and loudly when it is there, once each', async () => {
    const fleet = await newFleet();
    await uploadPushCertificate(
      push,
      push.administrator(fleet),
      apple.issuePushCertificate({ notAfter: start + 61 * day }),
    );
    const said: string[] = [];
    for (const days of [0, 2, 1, 29, 1, 22, 1, 6, 1]) {
      push.advance(days * day);
      await warnOfExpiry(push);
      await warnOfExpiry(push);
      said.push(...(await push.happened(fleet)).slice(said.length + 1));
    }
    push.advance(-63 * day);
    assert.deepEqual(said, [
      'apple.push-certificate-expiring',
      'apple.push-certificate-expiring',
      'apple.push-certificate-expiring',
      'apple.push-certificate-expired',
    ]);
    assert.match(push.logged.join(''), /has expired: no Apple device is reached/);
  });
});
