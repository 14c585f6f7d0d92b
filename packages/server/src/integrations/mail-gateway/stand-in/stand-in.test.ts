import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { say } from '@gatehouse/core/compliance/wording/message.ts';
import type { MailStanding } from '@gatehouse/core/mail/decide-mail-access.ts';
import {
  type CommandName,
  decodeDocument,
  folderSyncRequest,
  nameOfTag,
  pingRequest,
  type ProtocolVersion,
  protocolVersions,
  readFolderSyncAnswer,
  readPingAnswer,
  readSettingsAnswer,
  settingsRequest,
  tokens,
} from '@gatehouse/protocols/activesync/index.ts';
import { readSync } from '@gatehouse/simulators/activesync/answers.ts';
import { syncBody } from '@gatehouse/simulators/activesync/bodies.ts';
import { element, elementsOf, encodeWbxml, findChild, textOf } from '@gatehouse/protocols/wbxml/index.ts';
import { openTestDatabase, type TestDatabase } from '../../../kernel/db/test-database.ts';
import { newId } from '../../../kernel/ids.ts';
import { createPasswords } from '../../../modules/administrators/index.ts';
import type { StandInRequest } from '../stand-in-port.ts';
import { createStandIn } from './index.ts';

const passwords = createPasswords();
const firstSeenAt = Date.UTC(2026, 10, 20, 9);
const deadline = Date.UTC(2026, 11, 1);

function standing(over: Partial<MailStanding> = {}): MailStanding {
  return {
    user: {
      userId: 'u',
      email: 'ann@acme.example',
      displayName: 'Ann Müller',
      language: null,
      state: 'active',
      passwordSetAt: 0,
    },
    mailDevice: {
      mailDeviceId: 'm',
      state: 'unknown',
      firstSeenAt,
      wipe: null,
      policyKey: null,
      wiped: false,
    },
    mailDeviceCount: 1,
    link: null,
    settings: {
      strangers: 'quarantine',
      enrolBy: deadline,
      withoutPolicy: 'block',
      refreshPolicyMs: null,
      maximumDevices: 10,
    },
    policy: null,
    server: null,
    ...over,
  };
}

describe('the stand-in', () => {
  let db: TestDatabase;
  const acme = newId();
  const userId = newId();
  let now = Date.now();

  before(async () => {
    db = await openTestDatabase();
    const admin = await db.superuser();
    await admin.query('insert into organizations (organization_id, slug, name) values ($1, $2, $3)', [
      acme,
      'acme',
      'ACME GmbH',
    ]);
    await admin.query(
      `insert into users (organization_id, user_id, email, user_name, display_name) values ($1, $2, 'ann@acme.example', 'ann', 'Ann')`,
      [acme, userId],
    );
    await admin.query(
      'insert into user_credentials (organization_id, user_id, password_hash, changed_at) values ($1, $2, $3, now())',
      [acme, userId, await passwords.hash('correct horse battery')],
    );
  });
  after(() => db[Symbol.asyncDispose]());

  const standIn = () =>
    createStandIn({
      database: db.database,
      passwords,
      clock: { now: () => (now += 60_000) },
      publicUrl: new URL('https://mdm.example'),
    });

  async function ask(
    version: ProtocolVersion,
    command: CommandName,
    body: Uint8Array,
    over: Partial<StandInRequest> = {},
  ) {
    return await standIn().answer({
      organizationId: acme,
      request: {
        kind: 'command',
        form: 'plain',
        command,
        version,
        deviceId: Buffer.from('PHONE1'),
        deviceType: 'SP',
        acceptMultiPart: false,
        parameters: {},
        body: 'wbxml',
      },
      login: 'ann@acme.example',
      body,
      standing: standing(),
      purpose: 'mailbox',
      says: [],
      acceptLanguage: undefined,
      signal: new AbortController().signal,
      ...over,
    });
  }
  async function decide(instruct: boolean, instruction: string | null): Promise<void> {
    const admin = await db.superuser();
    await admin.query(
      `insert into mail_settings (organization_id, strangers, without_policy, maximum_devices, instruct, instruction, updated_at)
       values ($1, 'quarantine', 'block', 10, $2, $3, now())
       on conflict (organization_id) do update set instruct = $2, instruction = $3`,
      [acme, instruct, instruction],
    );
  }
  const quarantined: Partial<StandInRequest> = {
    purpose: 'quarantine',
    says: [say('mail-gate.unknown'), say('mail-gate.enrol-or-ask')],
  };
  const inbox = (version: ProtocolVersion, syncKey: string, wait?: number) =>
    syncBody({ version, collectionId: 'gh-inbox', syncKey, ...(wait === undefined ? {} : { wait }) });
  const bodyOf = ({ body }: { readonly body?: Uint8Array }) => body ?? assert.fail('there is no body');
  const synced = (answer: { readonly body?: Uint8Array }) => readSync(decodeDocument(bodyOf(answer)));

  async function firstSync(version: ProtocolVersion, over: Partial<StandInRequest>) {
    const primed = synced(await ask(version, 'Sync', inbox(version, '0'), over));
    assert.deepEqual([primed.status, primed.added], ['1', []]);
    return synced(await ask(version, 'Sync', inbox(version, primed.syncKey ?? ''), over));
  }

  test('STN-01 it offers every version, and the commands that it has', () => {
    const headers = standIn().options();
    assert.equal(headers['MS-ASProtocolVersions'], '2.5,12.0,12.1,14.0,14.1,16.0,16.1');
    assert.match(
      headers['MS-ASProtocolCommands'] ?? '',
      /^(?=.*Provision)(?=.*FolderSync)(?=.*Ping)(?=.*Settings)(?!.*SendMail)/,
    );
  });

  test('STN-01 STN-02 in every version there are folders, all of them empty, and nothing comes', async () => {
    for (const version of protocolVersions) {
      const { syncKey, added } = readFolderSyncAnswer(
        bodyOf(await ask(version, 'FolderSync', folderSyncRequest('0'))),
      );
      assert.equal(added.filter(({ type }) => type === 2).length, 1);
      assert.equal(added.length, version.startsWith('1') && !version.startsWith('12') ? 9 : 8);
      const again = readFolderSyncAnswer(
        bodyOf(await ask(version, 'FolderSync', folderSyncRequest(syncKey ?? ''))),
      );
      assert.deepEqual([again.status, again.added], [1, []]);
      for (const { serverId } of added) {
        const primed = synced(
          await ask(version, 'Sync', syncBody({ version, collectionId: serverId, syncKey: '0' })),
        );
        const answer = await ask(
          version,
          'Sync',
          syncBody({ version, collectionId: serverId, syncKey: primed.syncKey ?? '' }),
        );
        if (version === '2.5' || version === '12.0')
          assert.deepEqual([synced(answer).status, synced(answer).added], ['1', []]);
        else assert.deepEqual([answer.status, answer.body], [200, undefined]);
      }
    }
  });

  test('STN-01 keys and folders of a mail server make a client start over', async () => {
    for (const key of ['1', '{6f1b}7', 'vm_1', 'gh-f99'])
      assert.equal(
        readFolderSyncAnswer(bodyOf(await ask('14.1', 'FolderSync', folderSyncRequest(key)))).status,
        9,
        key,
      );
    assert.equal(synced(await ask('14.1', 'Sync', inbox('14.1', '1234'))).status, '3');
    const foreign = syncBody({ version: '14.1', collectionId: '5', syncKey: '1' });
    assert.equal(synced(await ask('14.1', 'Sync', foreign)).status, '12');
    const ping = pingRequest({ heartbeatInterval: 60, folders: [{ id: '5', class: 'Email' }] });
    assert.equal(readPingAnswer(bodyOf(await ask('14.1', 'Ping', ping))).status, 7);
  });

  test('EAS-09 ENR-17 ENR-23 in quarantine there is one message, in every version, and never twice', async () => {
    for (const version of protocolVersions) {
      const { added, syncKey } = await firstSync(version, quarantined);
      assert.equal(added.length, 1, version);
      const [message] = added;
      assert.match(message?.from ?? '', /^"ACME GmbH · Device management" <no-reply@mdm\.example>$/);
      assert.match(message?.text ?? '', /Hello Ann Müller,/);
      assert.match(message?.text ?? '', /This device is not known to your organization\. Enrol the device/);
      assert.match(message?.text ?? '', /https:\/\/mdm\.example\/enroll\/acme/);
      assert.match(message?.text ?? '', /You have until December 1, 2026\./);
      const again = await ask(version, 'Sync', inbox(version, syncKey ?? ''), quarantined);
      assert.deepEqual(again.body === undefined ? [] : synced(again).added, []);
    }
  });

  test('ENR-17 the message speaks the person’s language, and says what the organization says besides', async () => {
    const base = standing();
    const user = base.user && { ...base.user, language: 'de-AT' };
    const german = (await firstSync('14.1', { ...quarantined, standing: { ...base, user } })).added[0];
    assert.match(german?.subject ?? '', /^Ihre Mail wartet/);
    assert.match(german?.text ?? '', /bis zum 1\. Dezember 2026\./);
    const wished = (await firstSync('14.1', { ...quarantined, acceptLanguage: 'de-DE,de;q=0.9' })).added[0];
    assert.equal(wished?.subject, german?.subject);
    await decide(true, 'Call 4711.');
    const own = (await firstSync('14.1', quarantined)).added[0];
    assert.match(own?.text ?? '', /Call 4711\./);
    await decide(false, null);
    const none = await ask('2.5', 'Sync', inbox('2.5', 'gh-i1-'), quarantined);
    assert.deepEqual(synced(none).added, []);
    await decide(true, null);
  });

  test('EAS-09 another reason is another message in place of the first, and outside of quarantine it goes away', async () => {
    const { syncKey, added } = await firstSync('14.1', quarantined);
    const other = { ...quarantined, says: [say('mail-gate.quarantined')] };
    const changed = await ask('14.1', 'Sync', inbox('14.1', syncKey ?? ''), other);
    const next = synced(changed);
    assert.equal(next.added.length, 1);
    assert.notEqual(next.added[0]?.serverId, added[0]?.serverId);
    assert.deepEqual(deletedIn(bodyOf(changed)), [added[0]?.serverId]);
    const mended = await ask('14.1', 'Sync', inbox('14.1', next.syncKey ?? ''));
    assert.deepEqual([synced(mended).added, deletedIn(bodyOf(mended))], [[], [next.added[0]?.serverId]]);
  });

  test('STN-02 nothing that a client writes is kept, and reading or deleting the message is no trouble', async () => {
    const { syncKey, added } = await firstSync('14.1', quarantined);
    const { tags } = tokens.airSync;
    const [id] = added;
    const write = encodeWbxml(
      element(
        tags.Sync,
        element(
          tags.Collections,
          element(
            tags.Collection,
            element(tags.SyncKey, syncKey ?? ''),
            element(tags.CollectionId, 'gh-inbox'),
            element(
              tags.Commands,
              element(tags.Add, element(tags.ClientId, 'c1'), element(tags.ApplicationData)),
              element(tags.Delete, element(tags.ServerId, id?.serverId ?? '')),
              element(tags.Fetch, element(tags.ServerId, id?.serverId ?? '')),
            ),
          ),
        ),
      ),
    );
    const names = namesIn(bodyOf(await ask('14.1', 'Sync', write, quarantined)));
    assert.deepEqual(
      ['AirSync:ClientId=c1', 'AirSync:Status=6', 'AirSync:Status=1'].filter((each) => !names.includes(each)),
      [],
    );
  });

  test('STN-01 GetItemEstimate counts what is waiting, ItemOperations gives the message', async () => {
    const { tags } = tokens.getItemEstimate;
    const estimate = (key: string) =>
      encodeWbxml(
        element(
          tags.GetItemEstimate,
          element(
            tags.Collections,
            element(
              tags.Collection,
              element(tokens.airSync.tags.SyncKey, key),
              element(tags.CollectionId, 'gh-inbox'),
            ),
          ),
        ),
      );
    for (const [key, wanted] of [
      ['gh-i1-', 'GetItemEstimate:Estimate=1'],
      ['0', 'GetItemEstimate:Status=3'],
      ['x', 'GetItemEstimate:Status=4'],
    ] as const)
      assert.ok(
        namesIn(bodyOf(await ask('14.1', 'GetItemEstimate', estimate(key), quarantined))).includes(wanted),
        key,
      );
    const { added } = await firstSync('14.1', quarantined);
    const { ItemOperations, Fetch, Store } = tokens.itemOperations.tags;
    const fetch = (id: string) =>
      encodeWbxml(
        element(
          ItemOperations,
          element(
            Fetch,
            element(Store, 'Mailbox'),
            element(tokens.airSync.tags.CollectionId, 'gh-inbox'),
            element(tokens.airSync.tags.ServerId, id),
          ),
        ),
      );
    const found = namesIn(
      bodyOf(await ask('14.1', 'ItemOperations', fetch(added[0]?.serverId ?? ''), quarantined)),
    );
    assert.ok(found.some((each) => each.startsWith('AirSyncBase:Data=Hello Ann')));
    assert.ok(
      namesIn(bodyOf(await ask('14.1', 'ItemOperations', fetch('x'), quarantined))).includes(
        'ItemOperations:Status=6',
      ),
    );
  });

  test('STN-01 Ping and Sync are held until their time is over or nobody waits any more, within the allowed times', async () => {
    const folders = [{ id: 'gh-inbox', class: 'Email' }];
    const status = async (body: Uint8Array, over: Partial<StandInRequest> = {}) =>
      readPingAnswer(bodyOf(await ask('12.1', 'Ping', body, over))).status;
    assert.equal(await status(new Uint8Array()), 3);
    assert.equal(await status(pingRequest({ heartbeatInterval: 59, folders })), 5);
    assert.equal(await status(pingRequest({ heartbeatInterval: 3_541, folders })), 5);
    assert.equal(await status(Buffer.from('nonsense')), 4);
    assert.equal(
      await status(
        pingRequest({
          heartbeatInterval: 60,
          folders: Array.from({ length: 201 }, () => folders[0] ?? assert.fail()),
        }),
      ),
      6,
    );
    const leaving = new AbortController();
    const held = Promise.all([
      status(pingRequest({ heartbeatInterval: 60, folders }), { signal: leaving.signal }),
      ask('14.1', 'Sync', inbox('14.1', 'gh-i1-', 600), { signal: leaving.signal }),
    ]);
    const early = await Promise.race([
      held,
      new Promise((resolve) => setTimeout(() => resolve('held'), 100)),
    ]);
    assert.equal(early, 'held');
    leaving.abort();
    const [pinged, waited] = await held;
    assert.deepEqual([pinged, waited], [1, { status: 200, headers: {} }]);
    assert.ok(
      namesIn(bodyOf(await ask('14.1', 'Sync', inbox('14.1', 'gh-i1-', 3_600)))).includes(
        'AirSync:Limit=3540',
      ),
    );
    assert.ok(namesIn(bodyOf(await ask('14.1', 'Sync', new Uint8Array()))).includes('AirSync:Status=13'));
  });

  test('STN-01 Settings takes statistics, tells the address, and has no absence notes and no passwords', async () => {
    const { tags } = tokens.settings;
    const statistics = await ask('14.1', 'Settings', settingsRequest('14.1', { Model: 'Phone 3' }));
    assert.deepEqual(readSettingsAnswer(bodyOf(statistics)), { status: '1', deviceInformation: '1' });
    const all = encodeWbxml(
      element(
        tags.Settings,
        element(tags.Oof, element(tags.Get)),
        element(tags.DevicePassword, element(tags.Set)),
        element(tags.UserInformation, element(tags.Get)),
      ),
    );
    const answer = decodeDocument(bodyOf(await ask('14.1', 'Settings', all)));
    const statusOf = (tag: number) =>
      textOf(findChild(findChild(answer, tag) ?? answer, tags.Status) ?? answer);
    assert.deepEqual(
      [statusOf(tags.Oof), statusOf(tags.DevicePassword), statusOf(tags.UserInformation)],
      ['3', '7', '1'],
    );
    assert.ok(
      namesIn(bodyOf(await ask('14.1', 'Settings', all))).includes(
        'Settings:PrimarySmtpAddress=ann@acme.example',
      ),
    );
    assert.equal(readSettingsAnswer(bodyOf(await ask('14.1', 'Settings', Buffer.from('x')))).status, '2');
  });

  test('STN-01 whatever else is asked for is refused in the words of its version', async () => {
    const refused = async (version: ProtocolVersion, over: Partial<StandInRequest> = {}) => {
      const answer = await ask(version, 'SendMail', new Uint8Array(), over);
      return answer.body === undefined ? answer.status : namesIn(answer.body);
    };
    assert.equal(await refused('12.1'), 501);
    assert.deepEqual(await refused('14.1'), ['ComposeMail:Status=137']);
    assert.equal(await refused('12.1', quarantined), 403);
    assert.deepEqual(await refused('16.1', quarantined), ['ComposeMail:Status=130']);
    for (const version of protocolVersions) {
      for (const command of [
        'MoveItems',
        'Search',
        'MeetingResponse',
        'ResolveRecipients',
        'ValidateCert',
        'FolderCreate',
        'SmartReply',
      ] as const) {
        const { status, body } = await ask(version, command, new Uint8Array());
        assert.ok(status === 501 || (status === 200 && body !== undefined), `${version} ${command}`);
      }
    }
  });

  test('STN-04 STN-05 DIR-12 the password is the one here, by address or by name, and refusals say and record the same', async () => {
    const prove = (login: string, password: string, over: Partial<MailStanding> = {}) =>
      standIn().prove({
        organizationId: acme,
        login,
        password,
        standing: standing({ user: { ...(standing().user ?? assert.fail()), userId }, ...over }),
        requestId: newId(),
        address: '192.0.2.1',
        wasRight: false,
      });
    assert.equal(await prove('ann@acme.example', 'correct horse battery'), true);
    assert.equal(await prove('ANN', 'correct horse battery'), true);
    assert.equal(await prove('ann', 'wrong'), false);
    assert.equal(await prove('nobody', 'correct horse battery'), false);
    assert.equal(await prove('ann', 'correct horse battery', { user: null }), false);
    const admin = await db.superuser();
    const { rows } = await admin.query(
      `select count(*)::int as refused from audit_entries where organization_id = $1 and content @> '{"action":"users.sign-in","outcome":"refused","via":"mail"}'`,
      [acme],
    );
    assert.equal(rows[0].refused, 2);
    await admin.query(`update users set state = 'disabled' where organization_id = $1`, [acme]);
    assert.equal(await prove('ann', 'correct horse battery'), false);
  });
});

/** `Page:Name=text` of every leaf. */
function namesIn(bytes: Uint8Array): string[] {
  const names: string[] = [];
  const walk = (node: ReturnType<typeof decodeDocument>): void => {
    const below = elementsOf(node);
    if (below.length === 0) names.push(`${nameOfTag(node.tag)}=${textOf(node)}`);
    below.forEach(walk);
  };
  walk(decodeDocument(bytes));
  return names;
}

function deletedIn(bytes: Uint8Array): string[] {
  const { tags } = tokens.airSync;
  const found: string[] = [];
  const walk = (node: ReturnType<typeof decodeDocument>): void => {
    for (const child of elementsOf(node)) {
      if (child.tag === tags.Delete) found.push(textOf(findChild(child, tags.ServerId) ?? child));
      walk(child);
    }
  };
  walk(decodeDocument(bytes));
  return found;
}
