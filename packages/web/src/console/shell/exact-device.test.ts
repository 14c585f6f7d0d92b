import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exactDevice } from './exact-device.ts';

const device = {
  serialNumber: 'C02XY1234567',
  imei: null,
  meid: null,
  udid: null,
  assetNumber: 'A-17',
  macs: ['A0B1C2D3E4F5'],
  hostName: null,
  guid: 'x',
};

test('MON-03 a serial number or an address in any notation is that device, a part of it is not', () => {
  for (const typed of ['c02xy1234567', 'a0:b1:c2:d3:e4:f5', 'A0-B1-C2-D3-E4-F5', 'a0b1.c2d3.e4f5'])
    assert.equal(exactDevice(device, typed), true, typed);
  for (const typed of ['C02XY', '', 'x', 'a0:b1']) assert.equal(exactDevice(device, typed), false, typed);
});
