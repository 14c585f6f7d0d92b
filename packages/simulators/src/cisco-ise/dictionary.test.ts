import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeviceAttributes, DevicesAnswer } from '@gatehouse/protocols/cisco-ise/index.ts';
import { decideSession, type MdmDictionary, toDictionary } from './dictionary.ts';

const day = 86_400_000;
const now = 400 * day;

function answer(attributes: DeviceAttributes | undefined): DevicesAnswer {
  const identifier = { kind: 'macaddress', value: '0A0000000001' } as const;
  return { version: 3, pagingInfo: '0', devices: attributes ? [{ identifier, attributes }] : [] };
}

test('NAC-23 … NAC-34: wire elements become the attributes of ISE’s dictionary', () => {
  const attributes: DeviceAttributes = {
    register_status: true,
    compliance: { status: false },
    disk_encryption_on: true,
    pin_lock_on: false,
    jail_broken: true,
    manufacturer: 'Dell',
    model: 'Latitude',
    imei: '490154203237518',
    serial_number: 'SN1',
    os_version: 'Ubuntu 24.04',
    phone_number: '+1',
    lastCheckinTimeStamp: now - 2.5 * day,
  };
  assert.deepEqual(toDictionary(answer(attributes), now), {
    DeviceRegisterStatus: 'Registered',
    MDMServerReachable: 'Reachable',
    DeviceCompliantStatus: 'NonCompliant',
    DiskEncryptionStatus: 'On',
    PinLockStatus: 'Off',
    JailBrokenStatus: 'Broken',
    Manufacturer: 'Dell',
    Model: 'Latitude',
    OsVersion: 'Ubuntu 24.04',
    IMEI: '490154203237518',
    SerialNumber: 'SN1',
    PhoneNumber: '+1',
    DaysSinceLastCheckin: 3,
  } satisfies MdmDictionary);
});

test('days since the last check-in stay between 1 and 365', () => {
  const days = (then: number) =>
    toDictionary(answer({ lastCheckinTimeStamp: then }), now).DaysSinceLastCheckin;
  assert.equal(days(now), 1);
  assert.equal(days(now + day), 1);
  assert.equal(days(0), 365);
});

test('NAC-38, NAC-39: only registered and compliant devices get in, and silence lets nobody in', () => {
  const decide = (attributes: DeviceAttributes | undefined) =>
    decideSession(toDictionary(answer(attributes), now));
  assert.equal(decide({ register_status: true, compliance: { status: true } }), 'permit');
  assert.equal(decide({ register_status: true, compliance: { status: false } }), 'quarantine');
  assert.equal(decide({ register_status: true }), 'quarantine');
  assert.equal(decide({ compliance: { status: true } }), 'redirect-to-enrolment');
  assert.equal(decide(undefined), 'redirect-to-enrolment');
  const silent: MdmDictionary = {
    DeviceRegisterStatus: 'Registered',
    DeviceCompliantStatus: 'Compliant',
    MDMServerReachable: 'UnReachable',
  };
  assert.equal(decideSession(silent), 'deny');
});
