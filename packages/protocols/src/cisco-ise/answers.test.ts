import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../decode-error.ts';
import { readXml } from '../xml/read-xml.ts';
import { findChild, type XmlElement } from '../xml/tree.ts';
import type { DeviceAttributes } from './attributes.ts';
import { decodeDevicesAnswer, type DevicesAnswer, encodeDevicesAnswer } from './devices-answer.ts';
import { decodeDiscovery, type Discovery, encodeDiscovery } from './discovery.ts';
import { answerLimits } from './documents.ts';
import { decodeFailure, encodeFailure } from './failure.ts';
import { decodeOrderAnswer, encodeOrderAnswer } from './orders.ts';

const golden = (name: string) => readFileSync(new URL(`testdata/${name}.xml`, import.meta.url));

/** Equal but for the white space between elements, which the examples have for the reader's eyes. */
function assertSameDocument(actual: Uint8Array, expected: Uint8Array): void {
  assert.deepEqual(
    withoutLayout(readXml(actual, answerLimits)),
    withoutLayout(readXml(expected, answerLimits)),
  );
}

function withoutLayout(node: XmlElement): XmlElement {
  const children = node.children
    .filter((child) => typeof child !== 'string' || child.trim() !== '')
    .map((child) => (typeof child === 'string' ? child : withoutLayout(child)));
  return { ...node, children };
}

const discovery: Discovery = {
  version: 3,
  apiPath: '/acme/ciscoise/mdmapi/v3',
  redirectUrl: 'https://mdm.example.org/enrol',
  queryMaxSize: 1000,
  messagingSupport: true,
  vendor: 'Example',
  productName: 'Example MDM',
  productVersion: '1.4.0',
};

const oldDiscovery: Discovery = {
  version: 1,
  apiPath: '/ciscoise',
  redirectUrl: 'https://mdm.example.org/enrol',
  queryMaxSize: 5000,
  messagingSupport: false,
};

const guid = '6f0c2c1e-6b3b-4a52-9f0e-0d6b7b7f1a01';

const byGuid: DevicesAnswer = {
  version: 3,
  pagingInfo: '0',
  devices: [
    {
      identifier: { kind: 'guid', value: guid },
      attributes: {
        register_status: true,
        compliance: {
          status: false,
          failure_reason: 'Passcode not set',
          remediation: 'Set a passcode of at least 6 digits',
        },
        disk_encryption_on: true,
        pin_lock_on: false,
        jail_broken: false,
        manufacturer: 'Apple',
        model: 'iPad14,3',
        serial_number: 'DMPXK0000000',
        os_version: 'iPadOS 18.1',
        lastCheckinTimeStamp: 1763740800000,
        guid,
        macaddresses: ['A1B2C3D4E5F6', 'A1B2C3D4E5F7'],
      },
    },
  ],
};

const complete: DeviceAttributes = {
  register_status: true,
  compliance: { status: true },
  disk_encryption_on: true,
  pin_lock_on: true,
  jail_broken: false,
  manufacturer: 'Samsung',
  model: 'SM-G991B',
  imei: '356938035643809',
  meid: 'A0000000002329',
  udid: '00008110-000A1D123E80401E',
  serial_number: 'R58M',
  os_version: '14',
  phone_number: '+15550100',
  lastCheckinTimeStamp: 1763740800000,
  guid,
  macaddresses: ['A1B2C3D4E5F6'],
};

const byMac = (version: 1 | 2 | 3): DevicesAnswer => ({
  version,
  pagingInfo: '0',
  devices: [{ identifier: { kind: 'macaddress', value: 'A1B2C3D4E5F6' }, attributes: complete }],
});

suite('section 4: discovery', () => {
  test('version 3', () => {
    assertSameDocument(encodeDiscovery(discovery), golden('section-4-discovery-v3'));
    assert.deepEqual(decodeDiscovery(golden('section-4-discovery-v3')), discovery);
  });
  test('version 1 has no api_version', () => {
    assertSameDocument(encodeDiscovery(oldDiscovery), golden('section-4-discovery-v1'));
    assert.deepEqual(decodeDiscovery(golden('section-4-discovery-v1')), oldDiscovery);
  });
  test('version 3 without vendor or product is no valid answer', () => {
    const { vendor: _, ...rest } = discovery;
    assert.throws(() => decodeDiscovery(encodeDiscovery(rest)), DecodeError);
    assert.deepEqual(decodeDiscovery(encodeDiscovery({ ...rest, version: 2 })), { ...rest, version: 2 });
  });
});

suite('section 6: devices', () => {
  test('by GUID, version 3', () => {
    assertSameDocument(encodeDevicesAnswer(byGuid), golden('section-6-device-by-guid-v3'));
    assert.deepEqual(decodeDevicesAnswer(golden('section-6-device-by-guid-v3')), byGuid);
  });
  test('by MAC address, version 2: what came with version 3 is left out', () => {
    assertSameDocument(encodeDevicesAnswer(byMac(2)), golden('section-6-device-by-mac-v2'));
  });
  test('by MAC address, version 1: what came with versions 2 and 3 is left out', () => {
    assertSameDocument(encodeDevicesAnswer(byMac(1)), golden('section-6-device-by-mac-v1'));
  });
  test('by MAC address, version 3: guid, last check-in and all addresses are added', () => {
    assert.deepEqual(decodeDevicesAnswer(encodeDevicesAnswer(byMac(3))).devices[0]?.attributes, complete);
  });
  test('nobody: an empty deviceList means unregistered', () => {
    const none: DevicesAnswer = { version: 3, pagingInfo: '0', devices: [] };
    assertSameDocument(encodeDevicesAnswer(none), golden('section-6-unregistered-v3'));
    assert.deepEqual(decodeDevicesAnswer(golden('section-6-unregistered-v3')), none);
  });
  test('the bytes are XML with declaration, no document type and no namespace', () => {
    const none: DevicesAnswer = { version: 2, pagingInfo: '17', devices: [] };
    assert.equal(
      Buffer.from(encodeDevicesAnswer(none)).toString(),
      '<?xml version="1.0" encoding="UTF-8"?>\n<ise_api><name>attributes</name><api_version>2</api_version>' +
        '<paging_info>17</paging_info><deviceList/></ise_api>',
    );
  });
});

test('section 5.3: with a filter only the named attributes are returned, in the usual order', () => {
  const bytes = encodeDevicesAnswer(byMac(3), new Set(['model', 'register_status', 'compliance']));
  const { attributes } = decodeDevicesAnswer(bytes).devices[0] ?? {};
  assert.deepEqual(Object.keys(attributes ?? {}), ['register_status', 'compliance', 'model']);
  const hidden = decodeDevicesAnswer(encodeDevicesAnswer(byMac(2), new Set(['guid'])));
  assert.deepEqual(hidden.devices[0]?.attributes, {});
});

test('section 6: at most five addresses are written; empty texts and lists are left out', () => {
  const macs = Array.from({ length: 7 }, (_, index) => `A1B2C3D4E5F${index}`);
  const answer = (attributes: DeviceAttributes): DevicesAnswer => ({
    version: 3,
    pagingInfo: '0',
    devices: [{ identifier: { kind: 'guid', value: guid }, attributes }],
  });
  assert.deepEqual(
    decodeDevicesAnswer(encodeDevicesAnswer(answer({ macaddresses: macs }))).devices[0]?.attributes
      .macaddresses,
    macs.slice(0, 5),
  );
  const empty = answer({ model: '', macaddresses: [], register_status: true });
  assert.deepEqual(decodeDevicesAnswer(encodeDevicesAnswer(empty)).devices[0]?.attributes, {
    register_status: true,
  });
});

suite('section 8: answers to orders', () => {
  test('an action, version 3', () => {
    const answer = {
      version: 3,
      results: [{ identifier: { kind: 'guid', value: guid }, accepted: true, failureReason: '' }],
    } as const;
    assertSameDocument(encodeOrderAnswer('action', answer), golden('section-8.1-action-answer-v3'));
    assert.deepEqual(decodeOrderAnswer('action', golden('section-8.1-action-answer-v3')), answer);
  });
  test('a message to two devices, one unknown, version 2', () => {
    const answer = {
      version: 2,
      results: [
        { identifier: { kind: 'macaddress', value: 'A1B2C3D4E5F6' }, accepted: true, failureReason: '' },
        {
          identifier: { kind: 'macaddress', value: 'A1B2C3D4E5F7' },
          accepted: false,
          failureReason: 'Unknown device',
        },
      ],
    } as const;
    assertSameDocument(encodeOrderAnswer('message', answer), golden('section-8.2-message-answer-v2'));
    assert.deepEqual(decodeOrderAnswer('message', golden('section-8.2-message-answer-v2')), answer);
  });
  test('one order is not read as the other', () => {
    assert.throws(() => decodeOrderAnswer('message', golden('section-8.1-action-answer-v3')), DecodeError);
  });
});

test('section 9: a failure goes there and back', () => {
  const failure = { code: 404, description: 'No such instance <x> & more' };
  assert.deepEqual(decodeFailure(encodeFailure(failure)), failure);
});

test('ISE-04 hostile facts come out of the answer as they went in, and add no element', () => {
  const hostile = [
    '</model><jail_broken>false</jail_broken>',
    ']]>',
    '&amp;',
    '<!--',
    '\u202egnp.exe',
    '💣',
    '"\'',
    '\u0000\u001b[31m',
  ];
  for (const text of hostile) {
    const attributes: DeviceAttributes = {
      jail_broken: true,
      model: text,
      compliance: { status: false, failure_reason: text },
    };
    const bytes = encodeDevicesAnswer({
      version: 3,
      pagingInfo: '0',
      devices: [{ identifier: { kind: 'guid', value: guid }, attributes }],
    });
    const read = decodeDevicesAnswer(bytes).devices[0]?.attributes;
    const expected = text.replace('\u0000\u001b', '\ufffd\ufffd');
    assert.deepEqual(read, {
      jail_broken: true,
      model: expected,
      compliance: { status: false, failure_reason: expected },
    });
    assert.equal(findChild(readXml(bytes, answerLimits), 'deviceList')?.children.length, 1);
  }
});

test('any attributes survive the way there and back', () => {
  const text = fc.string({ minLength: 1, maxLength: 40 }).filter((value) => value.trim() === value);
  const attributes = fc.record(
    {
      register_status: fc.boolean(),
      compliance: fc.record({ status: fc.boolean(), failure_reason: text }, { noNullPrototype: true }),
      manufacturer: text,
      os_version: text,
      lastCheckinTimeStamp: fc.nat({ max: 4_000_000_000_000 }),
      macaddresses: fc.array(fc.stringMatching(/^[0-9A-F]{12}$/), { minLength: 1, maxLength: 5 }),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(attributes, { maxLength: 5 }), (list) => {
      const answer: DevicesAnswer = {
        version: 3,
        pagingInfo: '12',
        devices: list.map((each) => ({ identifier: { kind: 'guid', value: guid }, attributes: each })),
      };
      assert.deepEqual(decodeDevicesAnswer(encodeDevicesAnswer(answer)), answer);
    }),
  );
});
