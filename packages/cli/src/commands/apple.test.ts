import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { families } from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import { signAttached } from '@gatehouse/protocols/cms/index.ts';
import { type PlistValue, writePlist } from '@gatehouse/protocols/plist/index.ts';
import {
  newDeviceCertificate,
  newIssuing,
  newKey,
  newRoot,
} from '@gatehouse/protocols/x509/test-authority.ts';
import { run } from '../run.ts';
import { appleCommands } from './apple.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-apple-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function gatehouse(...words: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const status = await run(appleCommands, ['apple', ...words], {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    readStandardInput: async () => '',
    env: {},
  });
  return { status, out: out.join('\n'), err: err.join('\n') };
}

let count = 0;
function file(content: Uint8Array | string): string {
  count += 1;
  const path = join(folder, String(count));
  writeFileSync(path, content);
  return path;
}
const plist = (value: PlistValue, format?: 'binary'): string => file(writePlist(value, format));

const profile = {
  PayloadType: 'Configuration',
  PayloadVersion: 1,
  PayloadIdentifier: 'org.example',
  PayloadUUID: 'a',
  PayloadContent: [
    {
      PayloadType: 'com.apple.wifi.managed',
      PayloadVersion: 1,
      PayloadIdentifier: 'org.example.wifi',
      PayloadUUID: 'b',
      SSID_STR: 'Office',
    },
  ],
};

suite('gatehouse apple catalogue', () => {
  test('counts every family', async () => {
    const { out } = await gatehouse('catalogue', '--json');
    const counts = JSON.parse(out) as { family: string; types: number }[];
    assert.deepEqual(
      counts.map(({ family }) => family),
      [...families],
    );
    assert.match((await gatehouse('catalogue')).out, /^FAMILY\s+TYPES\s+KEYS\s+ANSWERKEYS\nprofiles\s+\d+/);
  });

  test('lists a family with its platforms', async () => {
    assert.match(
      (await gatehouse('catalogue', 'commands')).out,
      /\nDeviceLock\s+4\.0\s+10\.7\s+2\.0\s+10\.0\s+18\.1\n/,
    );
    assert.equal((await gatehouse('catalogue', 'fruit')).status, 2);
  });

  test('shows a type with all its keys', async () => {
    const { out } = await gatehouse('catalogue', 'show', 'DeviceLock');
    assert.match(out, /^DeviceLock {2}\(commands, schema 18\.1, mdm\/commands\/device\.lock\.yaml\)\n/);
    assert.match(out, / {2}macOS from 10\.7; needs no user enrolment, device channel, right 4\n/);
    assert.match(out, /\n {2}PIN\s+string\s+not iOS; macOS from 10\.8; not visionOS; not watchOS\n/);
    assert.match(out, /\nanswer\n {2}MessageResult\s+string/);
    for (const name of ['com.apple.MCX', 'com.apple.applicationaccess.new', 'TokenUpdate', 'SkipKeys']) {
      assert.equal((await gatehouse('catalogue', 'show', name)).status, 0, name);
    }
    assert.equal((await gatehouse('catalogue', 'show', '__proto__')).status, 1);
  });
});

suite('gatehouse apple validate', () => {
  test('a good profile, XML or binary, for anyone or for one device', async () => {
    assert.deepEqual(await gatehouse('validate', plist(profile)), {
      status: 0,
      out: 'profile org.example, and all is well',
      err: '',
    });
    const words = [
      '--platform',
      'iOS',
      '--os',
      '18.1',
      '--supervised',
      'no',
      '--enrollment',
      'user',
      '--json',
    ];
    const { out } = await gatehouse('validate', plist(profile, 'binary'), ...words);
    assert.deepEqual(JSON.parse(out), { what: 'profile org.example', problems: [] });
  });

  test('a signed profile is verified and opened; one that was altered is refused', async () => {
    const key = newKey();
    const certificate = newDeviceCertificate(newIssuing(newRoot()), key).der;
    const signed = signAttached({ content: writePlist(profile), certificate, key });
    assert.equal(
      (await gatehouse('validate', file(signed))).out,
      'signed profile org.example, and all is well',
    );
    const altered = Buffer.from(signed);
    altered[altered.indexOf('Office')] = 0x6f;
    assert.match((await gatehouse('validate', file(altered))).err, /cannot be decoded/);
  });

  test('problems are listed with their paths, and the exit status says so', async () => {
    const [wifi] = profile.PayloadContent;
    const wrong = plist({ ...profile, PayloadContent: [{ ...wifi, AutoJoin: 'yes' }] });
    const { status, err } = await gatehouse('validate', wrong);
    assert.equal(status, 1);
    assert.match(err, /error\s+\$\.PayloadContent\[0\]\.AutoJoin\s+must be a boolean/);
    const json = JSON.parse((await gatehouse('validate', wrong, '--json')).out) as {
      problem: { problems: unknown };
    };
    assert.deepEqual(json.problem.problems, [
      { path: '$.PayloadContent[0].AutoJoin', problem: 'must be a boolean', kind: 'type', severity: 'error' },
    ]);
  });

  test('commands, check-in messages and declarations are known by what they say', async () => {
    const lock = { Command: { RequestType: 'DeviceLock', Pin: '123456' }, CommandUUID: 'a' };
    assert.match(
      (await gatehouse('validate', plist(lock))).err,
      /command DeviceLock with problems[\s\S]*PIN is/,
    );
    const checkOut = { MessageType: 'CheckOut', Topic: 'a', UDID: 'b' };
    assert.equal(
      (await gatehouse('validate', plist(checkOut))).out,
      'check-in message CheckOut, and all is well',
    );
    const declaration = JSON.stringify({
      Type: 'com.apple.configuration.passcode.settings',
      Identifier: 'a',
      ServerToken: 'b',
      Payload: { MinimumLength: 8 },
    });
    assert.match(
      (await gatehouse('validate', file(declaration))).out,
      /^declaration com\.apple\.conf\S+, and all is well$/,
    );
    assert.match(
      (await gatehouse('validate', file(declaration), '--platform', 'tvOS')).err,
      /\$\.Payload\s+is not available on tvOS/,
    );
  });

  test('what cannot be read or is nothing of the kind is refused in a sentence', async () => {
    for (const path of [
      file('not a plist'),
      file('{'),
      file(Uint8Array.of(0x30, 0x80)),
      plist([]),
      plist({ a: 1 }),
      '/none',
    ]) {
      const { status, err } = await gatehouse('validate', path);
      assert.equal(status, 1, path);
      assert.ok(!err.includes('Unexpected'), err);
    }
    assert.equal((await gatehouse('validate', plist(profile), '--os', '18')).status, 2);
  });
});
