import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { codePages, nameOfTag, refusal, tokens } from '@gatehouse/protocols/activesync/index.ts';
import { encodeBegin, encodeOffer } from '@gatehouse/protocols/agent-enrollment/index.ts';
import { encodeMessageBody, encodeOrderAnswer } from '@gatehouse/protocols/cisco-ise/index.ts';
import { signAttached } from '@gatehouse/protocols/cms/index.ts';
import { writePlist } from '@gatehouse/protocols/plist/index.ts';
import { goldenPackets } from '@gatehouse/protocols/radius/testdata/packets.ts';
import { element as wbxml, encodeWbxml } from '@gatehouse/protocols/wbxml/index.ts';
import { buildCertificateRequest, buildCrl, encodePem, signerFor } from '@gatehouse/protocols/x509/index.ts';
import {
  deviceId,
  issuedAt,
  newDeviceCertificate,
  newIssuing,
  newKey,
  newRoot,
} from '@gatehouse/protocols/x509/test-authority.ts';
import { formats } from '../decode/formats.ts';
import { run } from '../run.ts';
import { decodeCommands } from './decode.ts';

const root = newRoot();
const issuing = newIssuing(root);
const certificate = newDeviceCertificate(issuing);
const crl = buildCrl({
  issuer: issuing.certificate,
  signer: signerFor(issuing.key),
  number: 7,
  thisUpdate: issuedAt,
  nextUpdate: issuedAt + 86_400_000,
  revoked: [{ serial: '4f00', revokedAt: issuedAt, reason: 'superseded' }],
});
const captures = new URL('../../../protocols/src/cisco-ise/testdata/', import.meta.url);

describe('gatehouse decode', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-decode-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  let count = 0;

  async function decode(format: string, content: Uint8Array | string, ...more: string[]) {
    const file = join(folder, `${(count += 1)}`);
    writeFileSync(file, content);
    const out: string[] = [];
    const err: string[] = [];
    const status = await run(decodeCommands, ['decode', format, file, ...more], {
      out: (text) => out.push(text),
      err: (text) => err.push(text),
      readStandardInput: async () => '',
      env: {},
    });
    return { status, out: out.join('\n'), err: err.join('\n') };
  }
  async function json(format: string, content: Uint8Array | string, ...more: string[]) {
    const { status, out, err } = await decode(format, content, '--json', ...more);
    assert.equal(status, 0, err);
    return JSON.parse(out) as Record<string, unknown>;
  }

  test('a certificate reads the same from DER, PEM, hex in any dress and base64 of either alphabet', async () => {
    const bytes = Buffer.from(certificate.der);
    const plain = await json('x509', bytes);
    assert.equal(plain['serial'], certificate.serial);
    assert.equal(plain['deviceId'], deviceId);
    assert.equal(plain['notBefore'], '2026-01-01T00:00:00.000Z');
    assert.deepEqual(plain['extendedKeyUsage'], ['clientAuth']);
    const hex = bytes.toString('hex');
    const forms = [
      `some text before\n${encodePem('CERTIFICATE', bytes)}and after`,
      hex,
      hex.toUpperCase().replaceAll(/../g, '$&:').slice(0, -1),
      `0x${hex.replaceAll(/(.{32})/g, '$1\r\n')}`,
      bytes.toString('base64'),
      bytes.toString('base64url'),
      `\ufeff${bytes.toString('base64').replaceAll(/(.{64})/g, '$1\n')}\n`,
    ];
    for (const form of forms) assert.deepEqual(await json('x509', form), plain, form.slice(0, 40));
  });

  test('a bundle gives every certificate in it', async () => {
    const bundle =
      encodePem('CERTIFICATE', certificate.der) + encodePem('CERTIFICATE', issuing.certificate.der);
    const all = (await json('x509', bundle)) as unknown as { serial: string }[];
    assert.deepEqual(
      all.map(({ serial }) => serial),
      [certificate.serial, issuing.certificate.serial],
    );
  });

  test('requests and revocation lists', async () => {
    const request = await json('csr', encodePem('CERTIFICATE REQUEST', buildCertificateRequest(newKey())));
    assert.equal((request['publicKey'] as { curve: string }).curve, 'P-256');
    assert.equal(request['signedByItsKey'], true);
    const list = await json('crl', crl);
    assert.deepEqual(list['revoked'], [
      { serial: '4f00', revokedAt: '2026-01-01T00:00:00.000Z', reason: 'superseded' },
    ]);
    assert.deepEqual([list['number'], list['issuer']], ['07', issuing.certificate.subject.text]);
  });

  test('property lists of both forms, and signed as profiles are', async () => {
    const value = { name: 'x', count: 3, when: new Date(issuedAt), bytes: Buffer.of(1, 255), list: [true] };
    const expected = { name: 'x', count: 3, when: '2026-01-01T00:00:00.000Z', bytes: '01ff', list: [true] };
    assert.deepEqual(await json('plist', writePlist(value)), expected);
    assert.deepEqual(await json('plist', writePlist(value, 'binary')), expected);
    const key = newKey();
    const signer = newDeviceCertificate(issuing, key);
    const signed = await json(
      'plist',
      signAttached({ content: writePlist(value), certificate: signer.der, key }),
    );
    assert.deepEqual(signed['plist'], expected);
    assert.equal((signed['signedBy'] as { serial: string }).serial, signer.serial);
  });

  test('CMS and SCEP messages: what is said, by whom, and whether the signature holds', async () => {
    const seed = (name: string) =>
      readFileSync(new URL(`../../../protocols/fuzz/seeds/${name}`, import.meta.url));
    const attached = await json('cms', seed('cms-attached.der'));
    assert.match(String(attached['content']), /^<plist/);
    assert.equal((attached['signer'] as { signature: string }).signature, 'holds');
    assert.equal((attached['certificates'] as unknown[]).length, 2);
    const detached = await json('cms', seed('cms-detached.der'));
    assert.equal(detached['content'], 'detached');
    const broken = Buffer.from(seed('cms-attached.der'));
    broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1;
    const bad = await json('cms', broken);
    assert.match((bad['signer'] as { signature: string }).signature, /^does not hold/);
    const closed = await json('cms', seed('cms-envelope-ber.der'));
    assert.deepEqual([closed['message'], closed['cipher']], ['enveloped data', 'aes-128-cbc']);
    const request = await json('scep', seed('scep-strongswan.der'));
    assert.equal(request['type'], 'PKCSReq');
    assert.equal((request['envelope'] as { cipher: string }).cipher, 'aes-128-cbc');
    const failure = await json('scep', seed('scep-failure.der'));
    assert.deepEqual(
      [failure['status'], failure['failure'], failure['envelope']],
      ['failure', 'badRequest', null],
    );
    const csr = await json('csr', seed('request-challenge.der'));
    assert.deepEqual([csr['subject'], csr['challengePassword']], [`CN=${deviceId}`, 'secret']);
  });

  test('messages of the ISE API in both directions, each told from the others', async () => {
    const messages: [string, Uint8Array | string][] = [
      ['discovery answer', readFileSync(new URL('section-4-discovery-v3.xml', captures))],
      ['devices answer', readFileSync(new URL('section-6-device-by-mac-v2.xml', captures))],
      ['answer to an action', readFileSync(new URL('section-8.1-action-answer-v3.xml', captures))],
      ['answer to a message', readFileSync(new URL('section-8.2-message-answer-v2.xml', captures))],
      ['answer to an action', encodeOrderAnswer('action', { version: 3, results: [] })],
      [
        'message to devices',
        encodeMessageBody({
          identifiers: [{ kind: 'guid', value: deviceId }],
          type: 'Alert',
          header: 'Hello',
          body: 'World',
        }),
      ],
      [
        'action on devices',
        `<ise_api><identifier><macaddress>0026B424FEB4</macaddress></identifier></ise_api>`,
      ],
      ['batch of devices', `<list><value>00:26:B4:24:FE:B4</value></list>`],
      ['device query', 'paging=0&querycriteria=macaddress&value=0026B424FEB4&filter=all'],
      [
        'device query',
        `https://h/acme/ciscoise/mdmapi/v3/devices/?paging=0&querycriteria=guid&value=${deviceId}&filter=all`,
      ],
    ];
    for (const [what, content] of messages) assert.equal((await json('ise', content))['message'], what);
  });

  test('messages of the enrolment handshake, with the certificates inside', async () => {
    const begin = encodeBegin({ version: 1, locator: randomBytes(16), deviceNonce: Buffer.alloc(32, 7) });
    const first = await json('enrollment', begin);
    assert.match(String(first['message']), /^M1/);
    assert.equal(first['deviceNonce'], '07'.repeat(32));
    const offer = await json(
      'enrollment',
      encodeOffer({
        serverNonce: randomBytes(32),
        enrollmentId: deviceId,
        deviceRoot: root.certificate.der,
        tlsAnchors: [root.certificate.der],
        csrProfile: 'ec-p256',
        gateway: 'https://mdm.example:8444',
        expiresAt: issuedAt,
        serverMac: randomBytes(32),
      }),
    );
    assert.equal((offer['deviceRoot'] as { serial: string }).serial, root.certificate.serial);
    assert.equal(offer['expiresAt'], '2026-01-01T00:00:00.000Z');
  });

  test('what does not decode says where: offset and path, as text and as JSON, with status 1', async () => {
    const cut = Buffer.from(certificate.der).subarray(0, 100);
    const { status, out, err } = await decode('x509', cut, '--json');
    assert.equal(status, 1);
    const { error, problem } = JSON.parse(out) as { error: string; problem: Record<string, unknown> };
    assert.match(error, /^Not an X\.509 certificate: .*offset \d+/);
    assert.equal(typeof problem['offset'], 'number');
    assert.match(String(problem['path']), /^certificate/);
    assert.match(err, /offset/);
    const refusals: [string, string | Uint8Array, RegExp, string[]][] = [
      ['x509', encodePem('X509 CRL', crl), /no PEM block CERTIFICATE, only X509 CRL/, []],
      ['x509', 'zz', /not hex/, ['--input', 'hex']],
      ['x509', '%%', /not base64/, ['--input', 'base64']],
      ['ise', '-----BEGIN X-----', /no PEM form/, []],
      ['ise', '<ise_api><name>nonsense</name></ise_api>', /ise_api\/name/, []],
      ['ise', '<!DOCTYPE x><x/>', /Not a message/, []],
      ['ise', 'hello', /neither an XML message nor a query/, []],
      ['enrollment', '{"x":1}', /none of nd, macS, macD, macC/, []],
      ['enrollment', '{', /Not a message/, []],
      ['csr', certificate.der, /Not a certification request/, []],
      ['crl', new Uint8Array(2 * 1024 * 1024), /exceeds the limit/, []],
    ];
    for (const [format, content, message, more] of refusals) {
      const refused = await decode(format, content, ...more);
      assert.equal(refused.status, 1, format);
      assert.match(refused.err, message);
    }
  });

  test('no bytes of a stranger crash it', async () => {
    for (const { name } of formats) {
      for (let round = 0; round < 20; round += 1) {
        const refused = await decode(name, randomBytes(round * 7));
        assert.notEqual(refused.status, 2, name);
        assert.doesNotMatch(refused.err, /Unexpected/, name);
      }
    }
  });

  test('an unknown format is wrong usage and says which there are', async () => {
    const { status, err } = await decode('cbor', 'x');
    assert.equal(status, 2);
    for (const { name } of formats) assert.ok(err.includes(`${name} (`), name);
  });

  test('for people it prints indented lines, in which nothing can command the terminal', async () => {
    const evil = encodeMessageBody({
      identifiers: [{ kind: 'guid', value: deviceId }],
      type: 'Alert',
      header: 'a\u009b31m\u202eb',
      body: 'c',
    });
    const { out } = await decode('ise', evil);
    assert.match(out, /^message: message to devices\n/);
    assert.match(out, /header: a�31m�b/);
  });

  test('reads binary from standard input', async () => {
    const cli = fileURLToPath(new URL('../main.ts', import.meta.url));
    const out = await new Promise<string>((resolve, reject) => {
      const child = execFile(process.execPath, [cli, 'decode', 'x509', '-', '--json'], (error, text) =>
        error ? reject(error) : resolve(text),
      );
      child.stdin?.end(Buffer.from(certificate.der));
    });
    assert.equal((JSON.parse(out) as { serial: string }).serial, certificate.serial);
  });

  test('a RADIUS packet is shown with the names of its attributes, and a password only by its length', async () => {
    const packet = goldenPackets.find(({ from }) => from.includes('7.1, Access-Request'));
    const shown = await json('radius', packet?.hex ?? '');
    assert.equal(shown['packet'], 'Access-Request');
    assert.deepEqual(shown['attributes'], [
      { name: 'User-Name', value: 'nemo' },
      { name: 'User-Password', value: '(16 bytes, not shown)' },
      { name: 'NAS-IP-Address', value: '192.168.1.16' },
      { name: 'NAS-Port', value: '3' },
    ]);
    const short = await decode('radius', '2b2a0030');
    assert.equal(short.status, 1);
    assert.match(short.err, /shorter than the header/);
  });

  test('a body of ActiveSync is shown by the names of every page, and what has no name by its numbers', async () => {
    for (const { page, tags } of codePages) {
      const all = Object.values(tags).map((tag) => wbxml(tag, 'x'));
      const unknown = wbxml(page * 256 + 0x3f, Buffer.of(1, 2));
      const body =
        page === 2
          ? wbxml(tokens.airSync.tags.Sync, ...all)
          : wbxml(tokens.airSync.tags.Sync, ...all, unknown);
      const shown = (await json('wbxml', encodeWbxml(body)))['AirSync:Sync'] as object;
      const names = Object.keys(tags).map((name) => `${nameOfTag(tags[name] ?? 0)?.split(':')[0]}:${name}`);
      const hidden = (name: string) => (name.endsWith(':Password') ? '(1 characters, not shown)' : 'x');
      const known = names.map((name) => [name, hidden(name)]);
      const rest =
        page === 2 ? [] : [[`page ${page.toString(16).padStart(2, '0')} token 3f`, { opaque: '0102' }]];
      assert.deepEqual(shown, Object.fromEntries([...known, ...rest]), `page ${page}`);
    }
  });

  test('of a body of ActiveSync it says what a Status means, and where a broken one stops', async () => {
    const refused = refusal('14.1', 'FolderSync', 'not-provisioned').body ?? Buffer.alloc(0);
    const { out } = await decode('wbxml', refused);
    assert.equal(
      out,
      'FolderHierarchy:FolderSync\n  FolderHierarchy:Status: 142\nmeaning: DeviceNotProvisioned',
    );
    const broken = await decode('wbxml', refused.subarray(0, -2), '--json');
    assert.equal(broken.status, 1);
    assert.match(broken.err, /FolderHierarchy:FolderSync\/FolderHierarchy:Status/);
    const twice = wbxml(tokens.airSync.tags.Add, '1');
    const list = await json('wbxml', encodeWbxml(wbxml(tokens.airSync.tags.Commands, twice, twice)));
    assert.deepEqual(list, { 'AirSync:Commands': [{ 'AirSync:Add': '1' }, { 'AirSync:Add': '1' }] });
  });
});
