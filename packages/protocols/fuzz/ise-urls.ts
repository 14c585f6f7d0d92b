/** URLs of the ISE API. */
import { deepStrictEqual } from 'node:assert/strict';
import { actionTypes, parseActionType } from '../src/cisco-ise/orders.ts';
import {
  encodeDeviceQuery,
  encodeDeviceQueryPath,
  parseDeviceQuery,
  parseDeviceQueryPath,
} from '../src/cisco-ise/query.ts';
import { type FuzzTarget, texts } from './target.ts';

const dictionary = texts(
  'paging=',
  'querycriteria=',
  'value=',
  'filter=',
  'deviceidentifier=',
  'macaddress',
  'guid',
  'username',
  'compliance',
  'all',

  '+',
  '%2B',
  '%20',
  '%',
  '%00',
  '%ff',
  '&',
  '=',
  '/',
  '@',
  ',',
  'register_status',
  'Serial Number',
  '__proto__',
  '0',
  '{',
);

export const iseQuery: FuzzTarget = {
  name: 'ise-query',
  seeds: texts(
    'paging=0&querycriteria=macaddress&value=0026B424FEB4&filter=all',
    'paging=17&querycriteria=compliance&value=false&deviceidentifier=guid&filter=register_status+compliance_status',
    'paging=0&querycriteria=username&value=ann%2Btest%40acme.example&filter=Serial%20Number',
    'paging=0&filter=all',
  ),
  dictionary,
  run(bytes) {
    const query = parseDeviceQuery(Buffer.from(bytes).toString('latin1'));
    deepStrictEqual(parseDeviceQuery(encodeDeviceQuery(query).slice(1)), query, 'encode and decode disagree');
  },
};

export const iseQueryPath: FuzzTarget = {
  name: 'ise-query-path',
  seeds: texts(
    '0/macaddress/0026B424FEB4/all',
    '0/username/ann%40acme.example/model+imei',
    '0/all',
    '5/compliance/false/all/',
  ),
  dictionary,
  run(bytes) {
    const query = parseDeviceQueryPath(Buffer.from(bytes).toString('latin1'));
    deepStrictEqual(parseDeviceQueryPath(encodeDeviceQueryPath(query)), query, 'encode and decode disagree');
  },
};

export const iseActionType: FuzzTarget = {
  name: 'ise-action-type',
  seeds: texts('actionType=pin_lock', 'full_wipe', 'actionType=corporate_wipe?actionType=corporate_wipe'),
  dictionary: texts('actionType=', 'actionType%3D', 'pin_lock', 'full_wipe', '?', '&', '%'),
  run(bytes) {
    const [segment = '', query = ''] = Buffer.from(bytes).toString('latin1').split('?');
    const type = parseActionType(segment, query);
    if (!actionTypes.includes(type)) throw new Error(`unknown action ${type}`);
  },
};
