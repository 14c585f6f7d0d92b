/** Another codec's opinion: Debian's libwbxml2-utils, over the token table and over everything that is written here. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { decodeWbxml, element, encodeWbxml, type WbxmlElement } from '../wbxml/index.ts';
import { codePages } from './code-pages/index.ts';
import { airSync, find } from './code-pages/commands.ts';
import { emittedBodies } from './emitted-bodies.ts';

function run(program: string, args: readonly string[], input: Uint8Array): Buffer {
  const { status, stdout, stderr } = spawnSync(program, args, { input });
  assert.equal(status, 0, `${program}: ${String(stderr)}`);
  return stdout;
}

const toXml = (wbxml: Uint8Array) =>
  run('wbxml2xml', ['-l', 'ACTIVESYNC', '-m', '0', '-k', '-o', '-', '-'], wbxml).toString('utf8');
const fromXml = (xml: string, ...more: readonly string[]) =>
  run('xml2wbxml', [...more, '-k', '-v', '1.3', '-o', '-', '-'], Buffer.from(xml));

/** The tool's own spelling, where it is not the specification's: its name for our name. */
const spellings: Readonly<Record<string, string>> = {
  'Calendar:DtStamp': 'DTStamp',
  'Calendar:Timezone': 'TimeZone',
  'ComposeMail:Mime': 'MIME',
  'Contacts:AssistantPhoneNumber': 'AssistantTelephoneNumber',
  'Email:Att0id': 'AttOId',
  'Email:DtStamp': 'DTStamp',
  'Email:ReplyTo': 'Reply-To',
  'Email:Status': 'FlagStatus',
  'Calendar:ExceptionStartTime': 'Exception_StartTime',
  'Provision:RequireStorageCardEncryption': 'DeviceEncryptionEnabled',
  'RightsManagement:Owner': 'RMOwner',
  'RightsManagement:RemoveRightsManagementProtection': 'RemoveRightsManagementDistribution',
  'Settings:RightsManagementInformation': 'ihsManagementInformation',
  'Settings:SMTPAddress': 'SmtpAddress',
  'Tasks:UtcDueDate': 'UTCDueDate',
  'Tasks:UtcStartDate': 'UTCStartDate',
};

/** The tool makes names unique by what they stand in: `Recurrence_Until` for `Until`, `BusinessCity` for `BusinessAddressCity`. */
const plain = (name: string) =>
  name
    .replace(/^(?:Recurrence|Attendee|Exception)_?(?=.)/, '')
    .replace('_', '')
    .replace('Address', '');

test('every token that libwbxml knows has the same number, page and name there', () => {
  const all = codePages.flatMap(({ namespace, tags }) =>
    Object.entries(tags).map(([name, tag]) => ({ name: `${namespace}:${name}`, tag })),
  );
  const xml = toXml(
    encodeWbxml(element(airSync.tags.Sync, ...all.map(({ tag }, index) => element(tag, `n${index}`)))),
  );
  // What the tool takes for binary it shows in base64.
  const shown = new Map(
    [...xml.matchAll(/<([\w-]+)(?: xmlns="(\w+):")?>(?:<!\[CDATA\[)?([\w=]+)/g)].map(
      ([, name = '', namespace = 'AirSync', text = '']) => [
        text.startsWith('n') ? text : Buffer.from(text, 'base64').toString(),
        { name, namespace },
      ],
    ),
  );
  let known = 0;
  const unknown: string[] = [];
  for (const [index, { name }] of all.entries()) {
    const theirs = shown.get(`n${index}`);
    assert.ok(theirs, name);
    const [namespace, own = ''] = name.split(':');
    if (theirs.name === 'unknown') {
      unknown.push(name);
      continue;
    }
    known += 1;
    assert.equal(theirs.namespace.toLowerCase(), namespace?.toLowerCase(), name);
    if (theirs.name !== spellings[name]) assert.equal(plain(theirs.name), plain(own), name);
  }
  assert.equal(known, 619);
  // Pages and tokens that are younger than the tool, and the ones that only PHP servers have.
  assert.ok(
    unknown.every((name) => /^(?:Find|Calendar|MeetingResponse|Ping|Provision|ComposeMail):/.test(name)),
  );
  assert.equal(unknown.filter((name) => name.startsWith('Find:')).length, 22);
});

test('libwbxml reads every body that is written here, and what it writes of it reads the same here', () => {
  const tried = new Set<string>();
  for (const { what, bytes } of emittedBodies()) {
    const expected = decodeWbxml(bytes);
    // Page 25 is younger than the tool.
    if (expected.tag === find.tags.Find) continue;
    // Versions that say the same need no second opinion each.
    const hex = Buffer.from(bytes).toString('hex');
    if (tried.has(hex)) continue;
    tried.add(hex);
    const xml = toXml(bytes);
    assert.ok(!xml.includes('unknown'), what);
    // With a string table that names the document type, and without any.
    assert.deepEqual(joinTexts(decodeWbxml(fromXml(xml))), expected, what);
    assert.deepEqual(joinTexts(decodeWbxml(fromXml(xml, '-a', '-n'))), expected, what);
  }
  assert.ok(tried.size > 50);
});

/** The tool cuts a text in pieces as it likes. */
function joinTexts(node: WbxmlElement): WbxmlElement {
  const children: WbxmlElement['children'][number][] = [];
  for (const child of node.children) {
    const last = children.at(-1);
    if (typeof child === 'string' && typeof last === 'string') children[children.length - 1] = last + child;
    else if (typeof child === 'string' || child instanceof Uint8Array) children.push(child);
    else children.push(joinTexts(child));
  }
  return { ...node, children };
}
