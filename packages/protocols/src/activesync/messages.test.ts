/** Settings, FolderSync, Ping, OPTIONS and multipart. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../decode-error.ts';
import { decodeWbxml, element, elementsOf, encodeWbxml } from '../wbxml/index.ts';
import { folderHierarchy, ping, settings } from './code-pages/commands.ts';
import { decodeDocument, peekDocument } from './documents.ts';
import {
  folderSyncAnswer,
  folderSyncRequest,
  folderTypes,
  readFolderSyncAnswer,
  readFolderSyncRequest,
} from './folder-sync.ts';
import { readMultipart, writeMultipart } from './multipart.ts';
import { formatList, readCommandList, readVersionList } from './options.ts';
import { pingAnswer, pingRequest, readPingAnswer, readPingRequest } from './ping.ts';
import { readSettingsAnswer, readSettingsRequest, settingsAnswer, settingsRequest } from './settings.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const plain = (text: string) => !/[\u0000\ud800-\udfff]/.test(text) && text.trim() === text && text !== '';
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter(plain);

suite('Settings', () => {
  test('statistics, in the order that devices send them in', () => {
    const information = { Model: 'iPhone15C2', OS: 'iOS 17.5 21F79', IMEI: '490154203237518' };
    const bytes = settingsRequest('14.1', information);
    const model = Buffer.from('iPhone15C2').toString('hex');
    assert.ok(hex(bytes).startsWith(`03016a00001245564857 03${model}0001`.replace(' ', '')));
    assert.deepEqual(readSettingsRequest(bytes), { deviceInformation: information, otherParts: [] });
  });

  test('any statistics are written and read the same', () => {
    const information = fc.record(
      {
        Model: text,
        FriendlyName: text,
        OS: text,
        OSLanguage: text,
        PhoneNumber: text,
        MobileOperator: text,
      },
      { requiredKeys: [], noNullPrototype: true },
    );
    fc.assert(
      fc.property(information, (said) =>
        assert.deepEqual(readSettingsRequest(settingsRequest('16.1', said)).deviceInformation, said),
      ),
    );
  });

  test('a device is not turned away for its statistics: what is too long is cut, what is unknown left out', () => {
    const { tags } = settings;
    const set = element(
      tags.Set,
      element(tags.Model, 'm'.repeat(5000)),
      element(tags.OS, ' '),
      element(tags.IMEI, Buffer.from('1234')),
      element(0x123f, 'x'),
      element(tags.PhoneNumber),
    );
    const bytes = encodeWbxml(element(tags.Settings, element(tags.DeviceInformation, set)));
    assert.deepEqual(readSettingsRequest(bytes).deviceInformation, { Model: 'm'.repeat(1024), IMEI: '1234' });
  });

  test('other parts are named, and what they hold is not looked at', () => {
    const { tags } = settings;
    const bytes = encodeWbxml(
      element(
        tags.Settings,
        element(tags.UserInformation, element(tags.Get)),
        element(tags.Oof, element(tags.Get, element(tags.BodyType, 'Text'))),
        element(tags.DevicePassword, element(tags.Set, element(tags.Password, 'secret'))),
      ),
    );
    assert.deepEqual(readSettingsRequest(bytes), {
      otherParts: ['oof', 'devicePassword', 'userInformation'],
    });
    const twice = encodeWbxml(element(tags.Settings, element(tags.Oof), element(tags.Oof)));
    assert.throws(() => readSettingsRequest(twice), { reason: 'duplicate-element' });
    assert.throws(() => readSettingsRequest(folderSyncRequest('0')), { reason: 'wrong-root' });
    assert.throws(() => readSettingsRequest(new Uint8Array(0)), DecodeError);
  });

  test('each part is answered with its Status; addresses stand inside an account from 14.1 on', () => {
    const answer = {
      status: 1,
      deviceInformation: 1,
      userInformation: { status: 1, emailAddresses: ['ann@acme.example'] },
    } as const;
    const address = Buffer.from('ann@acme.example').toString('hex');
    assert.equal(
      hex(settingsAnswer('12.1', answer)),
      `03016a00001245460331000156460331000101 5d4603310001475e5f03${address}0001 01010101`.replaceAll(
        ' ',
        '',
      ),
    );
    assert.ok(
      hex(settingsAnswer('14.1', answer)).endsWith(
        `5d4603310001 4764655e 5f03${address}0001 6303${address}0001 0101010101 01`.replaceAll(' ', ''),
      ),
    );
    assert.deepEqual(readSettingsAnswer(settingsAnswer('14.1', answer)), {
      status: '1',
      deviceInformation: '1',
    });
    assert.deepEqual(readSettingsAnswer(settingsAnswer('14.1', { status: 2 })), { status: '2' });
  });
});

suite('FolderSync', () => {
  test('the first request and its answer, byte for byte', () => {
    assert.equal(hex(folderSyncRequest('0')), '03016a00000756520330000101');
    const inbox = { serverId: '1', parentId: '0', displayName: 'Inbox', type: folderTypes.inbox };
    assert.equal(
      hex(folderSyncAnswer({ status: 1, syncKey: '1', added: [inbox] })),
      '03016a000007564c0331000152033100014e5703310001 4f480331000149033000014703496e626f7800014a03320001010101'.replace(
        ' ',
        '',
      ),
    );
    assert.deepEqual(readFolderSyncRequest(folderSyncRequest('0')), { syncKey: '0' });
    assert.deepEqual(readFolderSyncRequest(encodeWbxml(element(folderHierarchy.tags.FolderSync))), {
      syncKey: '0',
    });
  });

  test('keys are opaque text; folders are read as they were written', () => {
    const folder = fc.record(
      { serverId: text, parentId: text, displayName: text, type: fc.integer({ min: 1, max: 19 }) },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(text, fc.array(folder, { maxLength: 5 }), (syncKey, added) => {
        assert.deepEqual(readFolderSyncRequest(folderSyncRequest(syncKey)), { syncKey });
        assert.deepEqual(readFolderSyncAnswer(folderSyncAnswer({ status: 1, syncKey, added })), {
          status: 1,
          syncKey,
          added,
        });
      }),
    );
    assert.deepEqual(readFolderSyncAnswer(folderSyncAnswer({ status: 9 })), {
      status: 9,
      syncKey: undefined,
      added: [],
    });
  });

  test('a key of 65 characters, two keys and another root are refused', () => {
    const { tags } = folderHierarchy;
    assert.throws(() => readFolderSyncRequest(folderSyncRequest('x'.repeat(65))), { reason: 'too-large' });
    const key = element(tags.SyncKey, '1');
    assert.throws(() => readFolderSyncRequest(encodeWbxml(element(tags.FolderSync, key, key))), DecodeError);
    assert.throws(() => readFolderSyncRequest(encodeWbxml(element(tags.FolderCreate, key))), DecodeError);
  });
});

suite('Ping', () => {
  test('a request, later ones that leave things out, and one without a body', () => {
    const whole = {
      heartbeatInterval: 480,
      folders: [
        { id: '5', class: 'Email' },
        { id: '2:1', class: 'Contacts' },
      ],
    };
    assert.equal(
      hex(pingRequest({ heartbeatInterval: 480, folders: [{ id: '5', class: 'Email' }] })),
      '03016a00000d454803343830000149 4a4b033500014c03456d61696c0001010101'.replace(' ', ''),
    );
    for (const request of [whole, { heartbeatInterval: 60 }, { folders: [] }, {}])
      assert.deepEqual(readPingRequest(pingRequest(request)), request);
    assert.deepEqual(readPingRequest(new Uint8Array(0)), {});
  });

  test('answers', () => {
    const { tags } = ping;
    const body = (answer: Parameters<typeof pingAnswer>[0]) => decodeWbxml(pingAnswer(answer));
    const status = (value: string) => element(tags.Status, value);
    assert.deepEqual(body({ status: 1 }), element(tags.Ping, status('1')));
    assert.deepEqual(
      body({ status: 2, folders: ['5'] }),
      element(tags.Ping, status('2'), element(tags.Folders, element(tags.Folder, '5'))),
    );
    assert.deepEqual(
      body({ status: 5, heartbeatInterval: 60 }),
      element(tags.Ping, status('5'), element(tags.HeartbeatInterval, '60')),
    );
    assert.deepEqual(
      body({ status: 6, maxFolders: 100 }),
      element(tags.Ping, status('6'), element(tags.MaxFolders, '100')),
    );
    assert.deepEqual(readPingAnswer(pingAnswer({ status: 2, folders: ['a', 'b'] })), {
      status: 2,
      folders: ['a', 'b'],
    });
  });

  test('an interval that is no number, or of more than a day, is refused', () => {
    for (const interval of ['x', '-5', '86401', ''])
      assert.throws(
        () =>
          readPingRequest(
            encodeWbxml(element(ping.tags.Ping, element(ping.tags.HeartbeatInterval, interval))),
          ),
        { reason: 'bad-value' },
      );
  });
});

suite('what a server offers', () => {
  test('is narrowed to what both can, in order, and a list without any common version is empty', () => {
    assert.deepEqual(readVersionList('2.5,12.0,12.1,14.0,14.1,16.0,16.1'), [
      '2.5',
      '12.0',
      '12.1',
      '14.0',
      '14.1',
      '16.0',
      '16.1',
    ]);
    assert.deepEqual(readVersionList(' 14.1 , 1.0,2.0,2.1,2.5,12.1,17.0,14.1', ['12.1', '14.1', '16.1']), [
      '12.1',
      '14.1',
    ]);
    assert.deepEqual(readVersionList('', ['14.1']), []);
    assert.equal(formatList(readVersionList('14.1,12.0')), '12.0,14.1');
  });

  test('commands that are not known here are not offered', () => {
    const offered = 'Sync,SendMail,Notify,Ping,ping,__proto__, Search';
    assert.deepEqual(readCommandList(offered), ['Sync', 'SendMail', 'Ping', 'Search']);
    assert.equal(
      formatList([...readCommandList(offered), 'Provision']),
      'Sync,SendMail,Ping,Search,Provision',
    );
  });
});

suite('multipart', () => {
  test('the table of parts, byte for byte (MS-ASCMD section 2.2.2.9.1)', () => {
    const bytes = writeMultipart([Buffer.from('ab'), Buffer.from('c'), Buffer.alloc(0)]);
    assert.equal(hex(bytes), '030000001c000000020000001e000000010000001f00000000000000616263');
    assert.deepEqual(readMultipart(bytes).map(hex), ['6162', '63', '']);
  });

  test('any parts are written and read the same', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { minLength: 1, maxLength: 20 }), (parts) =>
        assert.deepEqual(readMultipart(new Uint8Array(writeMultipart(parts))), parts),
      ),
    );
    assert.throws(() => writeMultipart([]), RangeError);
  });

  test('EAS-T07 parts that are not there, lie over each other, or are more than a thousand are refused', () => {
    const bad = [
      '',
      '010000',
      '00000000',
      'ffffffff',
      'e9030000',
      '01000000',
      '010000000c00000001000000',
      '010000000b00000000000000',
      '010000000cffffffffffff0f',
      '02000000140000000100000014000000010000004142',
    ];
    for (const bytes of bad)
      assert.throws(() => readMultipart(new Uint8Array(Buffer.from(bytes, 'hex'))), DecodeError, bytes);
  });
});

test('the errors of any body name its elements, and a stream tells its command at the first token', () => {
  const { tags } = folderHierarchy;
  const bytes = encodeWbxml(element(tags.FolderSync, element(tags.SyncKey, '1')));
  assert.throws(() => decodeDocument(bytes.subarray(0, -3)), {
    path: 'FolderHierarchy:FolderSync/FolderHierarchy:SyncKey',
  });
  assert.equal(elementsOf(decodeDocument(bytes)).length, 1);
  const peek = peekDocument();
  peek.push(bytes.subarray(0, 7));
  assert.equal(peek.root, tags.FolderSync);
});
