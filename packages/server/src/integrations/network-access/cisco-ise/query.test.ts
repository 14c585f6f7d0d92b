import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { decodeDevicesAnswer, type DeviceSelection } from '@gatehouse/protocols/cisco-ise/index.ts';
import { startTestIse, type TestIse, type TestOrganization } from './test-ise.ts';

describe('queries for single devices', () => {
  let world: TestIse;
  let acme: TestOrganization;
  let guid: string;

  before(async () => {
    world = await startTestIse();
    acme = await world.addOrganization('acme');
    const other = await world.addOrganization('other');
    await other.addDevice({ macs: ['0A0000000001'], userName: 'ann' });
    guid = await acme.addDevice({
      macs: ['0026B424FEB4', '0026B424FEB5', '0026B424FEB6', '0026B424FEB7', '0026B424FEB8', '0026B424FEB9'],
      imei: '490154203237518',
      meid: 'A00000049336AF',
      udid: 'ABCDEF0123456789',
      hostName: 'laptop-12.acme.example',
      userName: 'ann',
    });
  });
  after(() => world[Symbol.asyncDispose]());

  const answer = async (path: string) => {
    const response = await world.raw(path);
    const text = await response.text();
    assert.equal(response.status, 200, `${path}: ${text}`);
    return text;
  };
  const query = (rest: string, version = 3) =>
    answer(`/ciscoise/mdmapi/v${version}/devices/?paging=0&${rest}`);

  test('NAC-03, NAC-23 … NAC-34: an answer of version 3, word for word', async () => {
    assert.equal(
      await query(`querycriteria=guid&value=${guid.toUpperCase()}&filter=all`),
      '<?xml version="1.0" encoding="UTF-8"?>\n<ise_api><name>attributes</name><api_version>3</api_version>' +
        '<paging_info>0</paging_info><server_busy_wait_seconds>0</server_busy_wait_seconds><deviceList><device>' +
        `<guid>${guid}</guid><attributes><register_status>true</register_status>` +
        '<compliance><status>true</status></compliance><disk_encryption_on>true</disk_encryption_on>' +
        '<pin_lock_on>true</pin_lock_on><jail_broken>false</jail_broken><manufacturer>Dell</manufacturer>' +
        '<model>Latitude 7420</model><imei>490154203237518</imei><meid>A00000049336AF</meid>' +
        '<udid>ABCDEF0123456789</udid><serial_number>SN1</serial_number><os_version>Ubuntu 24.04</os_version>' +
        `<lastCheckinTimeStamp>1795262400000</lastCheckinTimeStamp><guid>${guid}</guid>` +
        '<macaddresses>0026B424FEB4,0026B424FEB5,0026B424FEB6,0026B424FEB7,0026B424FEB8</macaddresses>' +
        '</attributes></device></deviceList></ise_api>',
    );
  });

  test('versions 1 and 2 know fewer attributes and name the device by what was asked', async () => {
    const second = await query('querycriteria=macaddress&value=0026B424FEB4&filter=all', 2);
    assert.match(second, /<api_version>2<.*<device><macaddress>0026B424FEB4<\/macaddress><attributes>/);
    assert.doesNotMatch(second, /lastCheckinTimeStamp|<guid>|macaddresses|server_busy/);
    const first = await answer('/ciscoise/mdmapi/v1/devices/0/macaddress/00:26:b4:24:fe:b4/all');
    assert.match(first, /<api_version>1<.*<device><macaddress>0026B424FEB4</);
    assert.doesNotMatch(first, /meid|udid/);
    // Clients of version 1 and one vendor's ask below /ciscoise itself.
    assert.match(await answer('/acme/ciscoise/devices/0/macaddress/0026b424feb4/all'), /<api_version>1</);
    assert.match(
      await answer('/ciscoise/devices?paging=0&querycriteria=macaddress&value=0026b424feb4&filter=all'),
      /<api_version>2</,
    );
  });

  test('hardware addresses in every spelling; unknown is an empty list, malformed 400', async () => {
    for (const value of [
      '0026B424FEB4',
      '0026b424feb4',
      '00:26:B4:24:FE:B4',
      '00-26-b4-24-fe-b4',
      '0026.b424.feb4',
    ]) {
      assert.match(await query(`querycriteria=macaddress&value=${value}&filter=all`), /<guid>/, value);
    }
    assert.match(
      await query('querycriteria=macaddress&value=001122334499&filter=all'),
      /<paging_info>0<\/paging_info>.*<deviceList\/><\/ise_api>$/,
    );
    for (const value of ['0026B424FEB', '0026B424FEBG', '', '%zz', '0026B424FEB4%00']) {
      const response = await world.raw(
        `/ciscoise/mdmapi/v3/devices/?paging=0&querycriteria=macaddress&value=${value}&filter=all`,
      );
      assert.equal(response.status, 400, value);
      assert.match(await response.text(), /<code>400<\/code>/, value);
    }
  });

  test('every criteria finds the device in its forms', async () => {
    const found = [
      'imei&value=490154203237518',
      'imei&value=49015420323751',
      'imei&value=49%200154%20203237%20518',
      'meid&value=a00000049336af',
      'meid&value=268435456409647791',
      'udid&value=abcdef0123456789',
      `guid&value=${guid}`,
      'guidhn&value=LAPTOP-12.acme.example',
      'username&value=ann',
      'username&value=ANN',
    ];
    for (const criteria of found) {
      const text = await query(`querycriteria=${criteria}&filter=all`);
      assert.equal(text.match(/<device>/g)?.length, 1, criteria);
      assert.match(text, new RegExp(guid), criteria);
    }
    for (const criteria of ['imei&value=490154203237999', 'guidhn&value=laptop-13', 'username&value=bob']) {
      assert.match(await query(`querycriteria=${criteria}&filter=all`), /<deviceList\/>/, criteria);
    }
    const response = await world.raw(
      '/ciscoise/mdmapi/v3/devices/?paging=0&querycriteria=serial&value=1&filter=all',
    );
    assert.equal(response.status, 400);
  });

  test('version 1 paths decode user names with @, plus and spaces', async () => {
    const user = 'Ann Smith+test@acme.example';
    const id = await acme.addDevice({ userName: user, macs: ['0026B424FE01'] });
    const path = `/ciscoise/mdmapi/v1/devices/0/username/${encodeURIComponent(user)}/all`;
    assert.match(await answer(path), /<macaddress>0026B424FE01</);
    const selection: DeviceSelection = { kind: 'username', value: user };
    const { devices } = await world.ise().query(selection);
    assert.deepEqual(
      devices.map(({ identifier }) => identifier),
      [{ kind: 'guid', value: id }],
    );
  });

  test('a person is also found by e-mail address', async () => {
    await world.admin.query(
      `insert into users (organization_id, user_id, email, user_name) values ($1, gen_random_uuid(), 'Ann@acme.example', 'ann')`,
      [acme.organizationId],
    );
    const { devices } = await world.ise().query({ kind: 'username', value: 'ann@ACME.example' });
    assert.deepEqual(
      devices.map(({ attributes }) => attributes.guid),
      [guid],
    );
  });

  test('filters: each token alone, joined by + %2B %20 and comma, all, unknown', async () => {
    const names = async (filter: string) => {
      const text = await query(`querycriteria=guid&value=${guid}&filter=${filter}`);
      const inner = /<attributes>(.*)<\/attributes>/.exec(text)?.[1] ?? '';
      return inner
        .replaceAll(/<compliance>.*<\/compliance>/g, '<compliance/>')
        .match(/(?<=<)\w+(?=[^<]*<?\/)/g);
    };
    const all = await names('all');
    assert.ok((all?.length ?? 0) >= 15);
    const two = ['register_status', 'compliance'];
    for (const filter of [
      'register_status+compliance_status',
      'register_status%2Bcompliance',
      'register_status%20compliance.status',
      'register_status,COMPLIANCE',
      'compliance+register_status+shoe_size',
    ]) {
      assert.deepEqual(await names(filter), two, filter);
    }
    for (const name of all ?? []) assert.deepEqual(await names(name), [name], name);
    assert.deepEqual(await names('OS_version+Serial Number'.replace(' ', '%20')), [
      'serial_number',
      'os_version',
    ]);
    assert.deepEqual(await names('register_status+all'), all);
    assert.deepEqual(await names(''), all);
    assert.deepEqual(await names('shoe_size'), all);
  });

  test('DEV-11: several devices with one address get the answer of the worst, whatever their order', async () => {
    const pairs = [
      ['allow', 'deny'],
      ['deny', 'allow'],
      ['allow', 'quarantine'],
    ] as const;
    for (const [index, [one, two]] of pairs.entries()) {
      const mac = `0A00000000${index}F`;
      await acme.addDevice({ macs: [mac], access: one, encrypted: one === 'allow' });
      await acme.addDevice({ macs: [mac], access: two, encrypted: two === 'allow', pinLock: false });
      const answers = await world.ise().query({ kind: 'macaddress', value: mac });
      assert.equal(answers.devices.length, 1);
      const attributes = answers.devices[0]?.attributes;
      assert.equal(attributes?.compliance?.status, false);
      assert.equal(attributes?.compliance?.failure_reason, 'The storage is not encrypted.');
      assert.equal(attributes?.disk_encryption_on, false);
      assert.equal(attributes?.pin_lock_on, false);
    }
  });

  test('ISE-08: a query by guid is not affected by what other devices claim', async () => {
    const good = await acme.addDevice({ macs: ['0A0000000AAA'] });
    await acme.addDevice({ macs: ['0A0000000AAA'], access: 'deny' });
    const { devices } = await world.ise().query({ kind: 'guid', value: good });
    assert.equal(devices[0]?.attributes.compliance?.status, true);
  });

  test('NAC-24, NAC-39, ENR-19: pending, unmanaged and foreign devices are unregistered: an empty list', async () => {
    await acme.addDevice({ macs: ['0A0000000BBB'], registered: false });
    for (const mac of ['0A0000000BBB', '0A0000000001']) {
      const { dictionary, decision } = await world.ise().openSession(mac);
      assert.equal(dictionary.DeviceRegisterStatus, 'UnRegistered');
      assert.equal(decision, 'redirect-to-enrolment');
    }
  });

  test('PWD-05: a device in grace is not compliant, and its user can read why', async () => {
    await acme.addDevice({
      macs: ['0A0000000CCC'],
      access: 'quarantine',
      failureReason: 'No passcode is set.',
      remediation: 'Set a passcode of six digits.',
    });
    const text = await query('querycriteria=macaddress&value=0A0000000CCC&filter=all');
    assert.match(
      text,
      /<compliance><status>false<\/status><failure_reason>No passcode is set\.<\/failure_reason><remediation>Set a passcode of six digits\.<\/remediation><\/compliance>/,
    );
  });

  test('what is not known is never claimed to be right', async () => {
    await acme.addDevice({ macs: ['0A0000000DDD'], encrypted: null, pinLock: null, compromised: null });
    const { devices } = await world.ise().query({ kind: 'macaddress', value: '0A0000000DDD' });
    const attributes = devices[0]?.attributes;
    assert.equal(attributes?.disk_encryption_on, false);
    assert.equal(attributes?.pin_lock_on, false);
    assert.equal(attributes?.jail_broken, undefined);
  });

  test('ISE-04: hostile facts come through as the text they are', async () => {
    const hostile = [
      ']]></model><compliance><status>true</status></compliance><model>',
      '&lt;&amp;&#x0;<!--" \' -->',
      'emoji 👩‍🚀 and umlaut ü',
      'bell \u0007 escape \u001b[31m',
      '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e "e">]>',
    ];
    for (const [index, text] of hostile.entries()) {
      const mac = `0A0000001E0${index}`;
      await acme.addDevice({ macs: [mac], model: text, access: 'deny', failureReason: text });
      const response = await world.raw(
        `/ciscoise/mdmapi/v3/devices/?paging=0&querycriteria=macaddress&value=${mac}&filter=all`,
      );
      const decoded = decodeDevicesAnswer(new Uint8Array(await response.arrayBuffer()));
      // Characters that XML cannot hold are replaced, all others are kept.
      // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
      const expected = text.replaceAll(/[\u0007\u001b]/g, '\ufffd');
      assert.equal(decoded.devices[0]?.attributes.model, expected);
      assert.deepEqual(decoded.devices[0]?.attributes.compliance, {
        status: false,
        failure_reason: expected,
        remediation: 'Encrypt the storage.',
      });
    }
  });
});
