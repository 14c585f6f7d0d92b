import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../decode-error.ts';
import {
  decodeWbxml,
  element,
  elementsOf,
  encodeWbxml,
  findChild,
  textOf,
  type WbxmlElement,
} from '../wbxml/index.ts';
import { provision, settings } from './code-pages/commands.ts';
import { nameOfTag } from './code-pages/index.ts';
import { fullPolicy } from './emitted-bodies.ts';
import {
  canWipeAccount,
  type ProvisionAnswer,
  provisionAnswer,
  readProvisionAnswer,
} from './provision-answer.ts';
import { provisionDocument, readProvisionDocument } from './provision-document.ts';
import { elementRow, provisionElementNames, type ProvisionPolicy } from './provision-elements.ts';
import {
  policyTypeOf,
  type ProvisionRequest,
  provisionRequest,
  readProvisionRequest,
} from './provision-request.ts';
import { protocolVersions } from './versions.ts';
import { readWapProvisioning, wapProvisioningDocument } from './wap-provisioning.ts';

const { tags } = provision;
const wbxmlVersions = protocolVersions.filter((version) => version !== '2.5');
const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));
const policyType = 'MS-EAS-Provisioning-WBXML';
const typeBytes = Buffer.from(policyType).toString('hex');

suite('what a device asks', () => {
  const golden: readonly (readonly [what: string, bytes: string, request: ProvisionRequest])[] = [
    [
      'step 1, 12.1 (MS-ASPROV section 4.1.1)',
      `03016a00 000e 45 46 47 48 03 ${typeBytes} 00 01 01 01 01`,
      { kind: 'download', policyType },
    ],
    [
      'step 2 (MS-ASPROV section 4.1.3)',
      `03016a00 000e 45 46 47 48 03 ${typeBytes} 00 01 49 03 31333037313939353834 00 01 4b 03 31 00 01 01 01 01`,
      { kind: 'acknowledge', policyType, policyKey: 1307199584, status: 1 },
    ],
    ['an empty Provision', '03016a00 000e 05', { kind: 'fetch-wipe' }],
    ['an empty Provision with END', '03016a00 000e 45 01', { kind: 'fetch-wipe' }],
    ['no body', '', { kind: 'fetch-wipe' }],
    [
      'a wipe done',
      '03016a00 000e 45 4c 4b 03 31 00 01 01 01',
      { kind: 'wiped', scope: 'device', done: true },
    ],
    [
      'a wipe of the account that failed',
      '03016a00 000e 45 7b 4b 03 32 00 01 01 01',
      { kind: 'wiped', scope: 'account', done: false },
    ],
    [
      'a wipe done, with its policy, as Android says it',
      `03016a00 000e 45 46 47 48 03 ${typeBytes} 00 01 49 03 37 00 01 4b 03 31 00 01 01 01 4c 4b 03 31 00 01 01 01`,
      {
        kind: 'wiped',
        scope: 'device',
        done: true,
        acknowledged: { policyType, policyKey: 7, status: 1 },
      },
    ],
  ];
  for (const [what, bytes, request] of golden) {
    test(what, () => assert.deepEqual(readProvisionRequest(hex(bytes)), request));
  }

  test('is written and reads the same', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter((value) => {
      const trimmed = value.replaceAll('\u0000', '').trim().toWellFormed();
      return trimmed === value && trimmed !== '';
    });
    const deviceInformation = fc.record(
      { Model: text, IMEI: text, FriendlyName: text, OS: text, UserAgent: text, EnableOutboundSMS: text },
      { requiredKeys: [], noNullPrototype: true },
    );
    const optional = fc.option(fc.record({ deviceInformation }), { nil: {} });
    const requests = fc.oneof(
      fc.record({ kind: fc.constant('download' as const), policyType: text }),
      fc.record({
        kind: fc.constant('acknowledge' as const),
        policyType: text,
        policyKey: fc.integer({ min: 0, max: 0xffffffff }),
        status: fc.constantFrom(1, 2, 3, 4 as const),
      }),
      fc.constant({ kind: 'fetch-wipe' as const }),
      fc.record({
        kind: fc.constant('wiped' as const),
        scope: fc.constantFrom('device', 'account' as const),
        done: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(requests, optional, (request, more) => {
        const whole = (
          request.kind === 'download' || request.kind === 'acknowledge'
            ? { ...request, ...more }
            : { ...request }
        ) as ProvisionRequest;
        assert.deepEqual(readProvisionRequest(provisionRequest('16.1', whole)), whole);
      }),
    );
  });

  test('what a version does not know of the statistics is left out', () => {
    const information = { Model: 'M', UserAgent: 'U', EnableOutboundSMS: '0', MobileOperator: 'O' };
    const request = { kind: 'download', policyType, deviceInformation: information } as const;
    const said = (version: '12.0' | '12.1' | '14.1') =>
      readProvisionRequest(provisionRequest(version, request));
    assert.deepEqual(said('12.0'), { ...request, deviceInformation: { Model: 'M' } });
    assert.deepEqual(said('12.1'), { ...request, deviceInformation: { Model: 'M', UserAgent: 'U' } });
    assert.deepEqual(said('14.1'), request);
  });

  test('a key that is no number of 32 bits is not ours', () => {
    const acknowledged = (key: string) =>
      readProvisionRequest(
        encodeWbxml(
          element(
            tags.Provision,
            element(
              tags.Policies,
              element(
                tags.Policy,
                element(tags.PolicyType, policyType),
                element(tags.PolicyKey, key),
                element(tags.Status, '2'),
              ),
            ),
          ),
        ),
      );
    for (const key of ['', 'abc', '-1', '4294967296', '1e3', '0x10'])
      assert.deepEqual(acknowledged(key), {
        kind: 'acknowledge',
        policyType,
        policyKey: undefined,
        status: 2,
      });
  });
});

suite('EAS-T06 a Provision that could be read another way is refused', () => {
  const policy = (...children: WbxmlElement[]) => element(tags.Policies, element(tags.Policy, ...children));
  const type = element(tags.PolicyType, policyType);
  const key = element(tags.PolicyKey, '1');
  const ok = element(tags.Status, '1');
  const root = (...children: (WbxmlElement | string | Uint8Array)[]) =>
    encodeWbxml(element(tags.Provision, ...children));
  const wiped = element(tags.RemoteWipe, ok);
  const information = element(settings.tags.DeviceInformation, element(settings.tags.Set));
  const cases: Readonly<Record<string, Uint8Array>> = {
    'another root': encodeWbxml(element(0x0716, policy(type))),
    'an element of another page in its place': root(element(0x0f06), policy(type)),
    'an unknown token': root(policy(type), element(0x0e3f)),
    'an unknown page': root(policy(type), element(0xfe05)),
    'two Policies': root(policy(type), policy(type)),
    'two Policy': root(element(tags.Policies, element(tags.Policy, type), element(tags.Policy, type))),
    'two types': root(policy(type, type)),
    'two keys': root(policy(type, key, key, ok)),
    'two Status': root(policy(type, key, ok, ok)),
    'no Policy': root(element(tags.Policies)),
    'no type': root(policy(key, ok)),
    'an empty type': root(policy(element(tags.PolicyType))),
    'a type with an element': root(policy(element(tags.PolicyType, policyType, ok))),
    'a key without Status': root(policy(type, key)),
    'a Status without key': root(policy(type, ok)),
    'Status 0': root(policy(type, key, element(tags.Status, '0'))),
    'Status 5': root(policy(type, key, element(tags.Status, '5'))),
    'Status in words': root(policy(type, key, element(tags.Status, 'one'))),
    'loose text': root('x', policy(type)),
    'loose bytes': root(policy(type), Buffer.from('x')),
    'a policy asked for and a wipe done': root(policy(type), wiped),
    'two kinds of wipe done': root(wiped, element(tags.AccountOnlyRemoteWipe, ok)),
    'two wipes done': root(wiped, wiped),
    'a wipe without Status': root(element(tags.RemoteWipe)),
    'a wipe with Status 3': root(element(tags.RemoteWipe, element(tags.Status, '3'))),
    'statistics twice': root(information, information, policy(type)),
    'statistics and nothing else': root(information),
    'statistics without Set': root(element(settings.tags.DeviceInformation), policy(type)),
    'a key of 65 characters': root(policy(type, element(tags.PolicyKey, '1'.repeat(65)), ok)),
    'a type in a literal tag': hex(`03016a02 4100 000e 45 46 47 04 00 01 01 01`),
    'a document with attributes': hex('03016a00 000e c5 05 01 01'),
    'two documents': Buffer.concat([root(policy(type)), root(policy(type))]),
  };
  for (const [what, bytes] of Object.entries(cases))
    test(what, () => assert.throws(() => readProvisionRequest(bytes), DecodeError));

  test('page switches and string tables that say nothing new are read for what they say', () => {
    const odd = hex(`03016a1a ${typeBytes}00 0000 000e 45 0012 000e 46 47 48 83 00 01 0000 000e 01 01 01`);
    assert.deepEqual(readProvisionRequest(odd), { kind: 'download', policyType });
  });

  test('whatever bytes are changed, it is refused or read, and what is read is written in our own words', () => {
    const whole = provisionRequest('14.1', {
      kind: 'acknowledge',
      policyType,
      policyKey: 77,
      status: 1,
      deviceInformation: { Model: 'M' },
    });
    for (let at = 0; at < whole.length; at += 1) {
      for (const byte of [0x00, 0x01, 0x03, 0x0e, 0x45, 0x83, 0xc3, 0xff]) {
        const mutated = Uint8Array.from(whole);
        mutated[at] = byte;
        let request: ProvisionRequest;
        try {
          request = readProvisionRequest(mutated);
        } catch (error) {
          assert.ok(error instanceof DecodeError);
          continue;
        }
        assert.deepEqual(readProvisionRequest(provisionRequest('14.1', request)), request);
      }
    }
  });
});

suite('EASProvisionDoc', () => {
  const names = (document: WbxmlElement) =>
    elementsOf(document).map(({ tag }) => nameOfTag(tag)?.split(':')[1]);
  const values = (document: WbxmlElement) => elementsOf(document).map(textOf);

  test('has 42 elements in the order of the schema from 12.1 on, and 11 of them in 12.0', () => {
    assert.equal(provisionElementNames.length, 42);
    for (const version of wbxmlVersions.filter((candidate) => candidate !== '12.0'))
      assert.deepEqual(names(provisionDocument(version, {})), provisionElementNames, version);
    assert.deepEqual(names(provisionDocument('12.0', fullPolicy)), [
      'DevicePasswordEnabled',
      'AlphanumericDevicePasswordRequired',
      'PasswordRecoveryEnabled',
      'AttachmentsEnabled',
      'MinDevicePasswordLength',
      'MaxInactivityTimeDeviceLock',
      'MaxDevicePasswordFailedAttempts',
      'MaxAttachmentSize',
      'AllowSimpleDevicePassword',
      'DevicePasswordExpiration',
      'DevicePasswordHistory',
    ]);
  });

  test('says openly what a policy does not restrict, so that nothing of an earlier document stays', () => {
    const open = provisionDocument('16.1', {});
    assert.deepEqual(
      values(open).join(' '),
      '0 0 0 0 1     1  0 1 1 0 1 1 1 1 1 1 2 1 0 1 0 1 0 -1 -1 0 0 0 0 2 1 1 1 1 1  ',
    );
    const read = readProvisionDocument(open);
    assert.equal(read.AllowCamera, true);
    assert.equal(read.MinDevicePasswordLength, undefined);
  });

  test('says every element of a policy in the words of the specification', () => {
    const document = provisionDocument('14.1', fullPolicy);
    const said = Object.fromEntries(
      provisionElementNames.map((name, index) => [name, values(document)[index]]),
    );
    assert.equal(said['DevicePasswordEnabled'], '1');
    assert.equal(said['MaxInactivityTimeDeviceLock'], '300');
    assert.equal(said['AllowBluetooth'], '1');
    assert.equal(said['AllowCamera'], '0');
    const list = findChild(document, tags.UnapprovedInROMApplicationList);
    assert.deepEqual(
      list,
      element(
        tags.UnapprovedInROMApplicationList,
        element(tags.ApplicationName, 'iexplore.exe'),
        element(tags.ApplicationName, 'games.exe'),
      ),
    );
    assert.deepEqual(readProvisionDocument(document), fullPolicy);
  });

  test('any policy within the ranges is written and reads the same', () => {
    const valueOf = (name: (typeof provisionElementNames)[number]): fc.Arbitrary<unknown> => {
      const { kind, least = 0, most = 0, among } = elementRow(name);
      if (kind === 'boolean') return fc.boolean();
      if (kind === 'list')
        return fc.array(fc.constantFrom('a.exe', 'é', '&<'), { minLength: 1, maxLength: 3 });
      return among === undefined ? fc.integer({ min: least, max: most }) : fc.constantFrom(...among);
    };
    const policies = fc.record(
      Object.fromEntries(provisionElementNames.map((name) => [name, valueOf(name)])),
    );
    fc.assert(
      fc.property(policies, (anyPolicy) => {
        const policy = { ...anyPolicy };
        const document = provisionDocument('16.1', policy as ProvisionPolicy);
        assert.deepEqual(readProvisionDocument(decodeWbxml(encodeWbxml(document))), policy);
      }),
    );
  });

  test('a value that an element cannot say is a fault of the caller', () => {
    const bad: readonly ProvisionPolicy[] = [
      { MinDevicePasswordLength: 0 },
      { MinDevicePasswordLength: 17 },
      { MaxDevicePasswordFailedAttempts: 3 },
      { MaxInactivityTimeDeviceLock: -1 },
      { MaxInactivityTimeDeviceLock: 1.5 },
      { MaxCalendarAgeFilter: 1 },
      { MaxEmailAgeFilter: 6 },
      { AllowBluetooth: 3 },
      { MaxEmailBodyTruncationSize: -2 },
      { DevicePasswordHistory: Number.NaN },
    ];
    for (const policy of bad) assert.throws(() => provisionDocument('16.1', policy), RangeError);
    // Up to 12.0 the element does not exist, so nothing of it is written.
    assert.doesNotThrow(() => provisionDocument('12.0', { AllowBluetooth: 3 }));
  });

  test('a server’s document is read leniently: what has no meaning restricts nothing', () => {
    const document = element(
      tags.EASProvisionDoc,
      element(tags.MaxAttachmentSize, '-1'),
      element(tags.AllowCamera, 'maybe'),
      element(tags.AllowBrowser, ' False '),
      element(tags.MinDevicePasswordLength),
      element(tags.DocumentBrowseEnabled, '1'),
      element(tags.DevicePasswordEnabled, Buffer.from('1')),
      element(tags.ApprovedApplicationList),
      element(0x0e3f, 'x'),
    );
    assert.deepEqual(readProvisionDocument(document), { AllowBrowser: false, DevicePasswordEnabled: true });
  });
});

suite('the document of 2.5', () => {
  test('without a password it says only that', () => {
    assert.equal(
      wapProvisioningDocument({}),
      '<wap-provisioningdoc><characteristic type="SecurityPolicy"><parm name="4131" value="1"/></characteristic><characteristic type="SecurityPolicy"><parm name="4133" value="1"/></characteristic></wap-provisioningdoc>',
    );
    assert.deepEqual(readWapProvisioning(wapProvisioningDocument({})), { DevicePasswordEnabled: false });
  });

  test('with a password, each parameter stands in a characteristic of its own', () => {
    const text = wapProvisioningDocument(fullPolicy);
    assert.equal(
      text,
      readFileSync(new URL('testdata/wap-provisioning.xml', import.meta.url), 'utf8').trim(),
    );
    assert.deepEqual(readWapProvisioning(text), {
      DevicePasswordEnabled: true,
      AlphanumericDevicePasswordRequired: true,
      MinDevicePasswordLength: 8,
      MaxInactivityTimeDeviceLock: 300,
      MaxDevicePasswordFailedAttempts: 10,
    });
  });

  test('a lock is at least a minute away and never later than asked; from 9999 seconds on there is none', () => {
    const lock = (seconds: number) =>
      readWapProvisioning(
        wapProvisioningDocument({ DevicePasswordEnabled: true, MaxInactivityTimeDeviceLock: seconds }),
      ).MaxInactivityTimeDeviceLock;
    assert.deepEqual([lock(30), lock(119), lock(9998), lock(9999)], [60, 60, 9960, undefined]);
  });

  test('another server’s is found wherever its parameters stand; what is no such document is refused', () => {
    assert.deepEqual(
      readWapProvisioning(
        '<wap-provisioningdoc><characteristic type="SecurityPolicy"><parm name="4131" value="0"/><parm name="4133" value="0"/></characteristic><characteristic type="Registry"><characteristic type="x"><parm name="AEFrequencyType" value="1"/><parm name="AEFrequencyValue" value="3"/><parm name="PasswordComplexity" value="2"/><parm name="DeviceWipeThreshold" value="-1"/></characteristic></characteristic></wap-provisioningdoc>',
      ),
      {
        DevicePasswordEnabled: true,
        AlphanumericDevicePasswordRequired: false,
        MaxInactivityTimeDeviceLock: 180,
      },
    );
    for (const text of ['', 'x', '<other/>', '<!DOCTYPE a><wap-provisioningdoc/>', '<wap-provisioningdoc>'])
      assert.throws(() => readWapProvisioning(text), DecodeError, text);
  });
});

suite('what we answer', () => {
  const says = (version: (typeof protocolVersions)[number], answer: ProvisionAnswer) =>
    readProvisionAnswer(provisionAnswer(version, answer));

  test('step 1: type, Status, the temporary key, then the document in the form of the version', () => {
    for (const version of protocolVersions) {
      const bytes = provisionAnswer(version, {
        status: 1,
        policy: { status: 1, key: 9, document: fullPolicy },
      });
      const root = decodeWbxml(bytes);
      const policy = elementsOf(elementsOf(root)[1] ?? root)[0] ?? root;
      const order = [tags.PolicyType, tags.Status, tags.PolicyKey, tags.Data];
      assert.deepEqual(
        elementsOf(policy).map(({ tag }) => tag),
        order,
      );
      const read = readProvisionAnswer(bytes);
      assert.equal(read.policyType, policyTypeOf(version));
      assert.deepEqual([read.status, read.policyStatus, read.policyKey], [1, 1, 9]);
      assert.equal(read.policy?.MinDevicePasswordLength, 8);
      assert.equal(read.policy?.AllowCamera, version === '2.5' || version === '12.0' ? undefined : false);
      assert.deepEqual([read.wipesDevice, read.wipesAccount, read.isComplete], [false, false, true]);
    }
  });

  test('step 2: the final key and no document, byte for byte', () => {
    const bytes = provisionAnswer('14.1', { status: 1, policy: { status: 1, key: 3942919513 } });
    assert.equal(
      Buffer.from(bytes).toString('hex'),
      Buffer.from(
        hex(
          `03016a00 000e 45 4b 03 31 00 01 46 47 48 03 ${typeBytes} 00 01 4b 03 31 00 01 49 03 33393432393139353133 00 01 01 01 01`,
        ),
      ).toString('hex'),
    );
  });

  test('statistics that were taken are confirmed first', () => {
    const [first] = elementsOf(
      decodeWbxml(provisionAnswer('14.1', { status: 1, deviceInformationTaken: true })),
    );
    assert.deepEqual(first, element(settings.tags.DeviceInformation, element(settings.tags.Status, '1')));
  });

  test('Status 165 alone, as Exchange says it', () => {
    assert.deepEqual(
      new Uint8Array(provisionAnswer('14.1', { status: 165 })),
      hex('03016a00 000e 45 4b 03 313635 00 01 01'),
    );
  });

  test('an unknown type is repeated, with its Status and without key', () => {
    const read = says('12.1', { status: 1, policy: { status: 3, type: 'MS-Odd' } });
    assert.deepEqual([read.policyType, read.policyStatus, read.policyKey], ['MS-Odd', 3, undefined]);
    assert.equal(says('12.1', { status: 1, policy: { status: 2 } }).policyType, policyType);
  });

  test('a wipe is an empty element, and only what is ordered is there', () => {
    for (const version of protocolVersions) {
      assert.deepEqual(
        new Uint8Array(provisionAnswer(version, { status: 1, wipe: 'device' })),
        hex('03016a00 000e 45 4b 03 31 00 01 0c 01'),
      );
      assert.equal(says(version, { status: 1 }).wipesDevice, false);
    }
    assert.deepEqual(
      new Uint8Array(provisionAnswer('16.1', { status: 1, wipe: 'account' })),
      hex('03016a00 000e 45 4b 03 31 00 01 3b 01'),
    );
  });

  test('EAS-T11 an account wipe is never written as anything else in a version without it', () => {
    for (const version of protocolVersions.filter((candidate) => !canWipeAccount(candidate)))
      assert.throws(() => provisionAnswer(version, { status: 1, wipe: 'account' }), TypeError);
    assert.equal(canWipeAccount('16.1'), true);
  });
});

suite('what a mail server answers', () => {
  test('Z-Push with a wipe pending: Status first, a policy, and RemoteWipe behind', () => {
    const bytes = encodeWbxml(
      element(
        tags.Provision,
        element(tags.Status, '1'),
        element(
          tags.Policies,
          element(
            tags.Policy,
            element(tags.PolicyType, policyType),
            element(tags.PolicyKey, '1713'),
            element(tags.Status, '1'),
            element(tags.Data, provisionDocument('12.1', { DevicePasswordEnabled: true })),
          ),
        ),
        element(tags.RemoteWipe),
      ),
    );
    const read = readProvisionAnswer(bytes);
    assert.deepEqual(
      [read.status, read.policyStatus, read.policyKey, read.wipesDevice, read.wipesAccount],
      [1, 1, 1713, true, false],
    );
    assert.equal(read.policy?.DevicePasswordEnabled, true);
  });

  test('SOGo, which has no policy for anybody', () => {
    const bytes = encodeWbxml(
      element(
        tags.Provision,
        element(tags.Status, '1'),
        element(
          tags.Policies,
          element(tags.Policy, element(tags.PolicyType, policyType), element(tags.Status, '2')),
        ),
      ),
    );
    assert.deepEqual(readProvisionAnswer(bytes), {
      status: 1,
      policyType,
      policyStatus: 2,
      wipesDevice: false,
      wipesAccount: false,
      isComplete: true,
    });
  });

  test('a body that breaks off tells what had come, a wipe too', () => {
    const whole = provisionAnswer('14.1', {
      status: 1,
      policy: { status: 1, key: 7, document: {} },
      wipe: 'device',
    });
    assert.equal(readProvisionAnswer(whole.subarray(0, -1)).wipesDevice, true);
    assert.deepEqual(readProvisionAnswer(whole.subarray(0, 12)), {
      status: 1,
      wipesDevice: false,
      wipesAccount: false,
      isComplete: false,
    });
    assert.throws(() => readProvisionAnswer(whole.subarray(0, 6)), DecodeError);
    assert.throws(() => readProvisionAnswer(Buffer.from('<html>500</html>')), DecodeError);
    assert.throws(() => readProvisionAnswer(encodeWbxml(element(0x0716))), DecodeError);
  });

  test('values that are none are not there', () => {
    const policy = element(
      tags.Policy,
      element(tags.PolicyKey, '{abc}'),
      element(tags.Status, '1x'),
      element(tags.Data, 'no document'),
    );
    const read = readProvisionAnswer(encodeWbxml(element(tags.Provision, element(tags.Policies, policy))));
    assert.deepEqual(read, { wipesDevice: false, wipesAccount: false, isComplete: true });
  });
});
