import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecodeError } from '../decode-error.ts';
import { decodeRestRequest, encodeRestReply, encodeRestRequest, restLimits } from './index.ts';

/** As rlm_rest of FreeRADIUS 3.2.1 posted it, its values replaced. */
const captured = `{"User-Name":{"type":"string","value":["ada"]},"User-Password":{"type":"string","value":["canary"]},
  "NAS-IP-Address":{"type":"ipaddr","value":["192.0.2.10"]},"Acct-Status-Type":{"type":"integer","value":["Start"]},
  "NAS-Port":{"type":"integer","value":[7]},
  "Cisco-AVPair":{"type":"string","value":["audit-session-id=0A00","method=mab"]},
  "MS-CHAP-Response":{"type":"octets","value":["0xcanary"]},"CHAP-Password":{"type":"octets","value":["0xcanary"]}}`;

test('RAD-04 passwords are dropped where a request of rlm_rest is read', () => {
  const request = decodeRestRequest(Buffer.from(captured));
  assert.deepEqual(
    [...request],
    [
      ['User-Name', ['ada']],
      ['NAS-IP-Address', ['192.0.2.10']],
      ['NAS-Port', ['7']],
      ['Acct-Status-Type', ['Start']],
      ['Cisco-AVPair', ['audit-session-id=0A00', 'method=mab']],
    ],
  );
  assert.ok(!JSON.stringify([...request]).includes('canary'));
});

test('RAD-05 an answer is text for the RADIUS server, never something to expand', () => {
  const reply = JSON.parse(
    Buffer.from(
      encodeRestReply([
        { name: 'Filter-Id', value: '%{exec:id}' },
        { name: 'Cisco-AVPair', value: 'a=1' },
        { name: 'Cisco-AVPair', value: 'b=2' },
      ]),
    ).toString(),
  );
  assert.deepEqual(reply, {
    'reply:Filter-Id': { op: ':=', value: ['%{exec:id}'], do_xlat: false, is_json: false },
    'reply:Cisco-AVPair': { op: '+=', value: ['a=1', 'b=2'], do_xlat: false, is_json: false },
  });
});

test('what is no request, too large or too deep is refused with its place', () => {
  const bad = [
    '[]',
    'null',
    '{"User-Name":{"value":[{}]}}',
    `{"User-Name":{"value":["${'x'.repeat(254)}"]}}`,
    '{"a":[[[[[1]]]]]}',
    '{"__proto__":{"value":["x"]}}',
    `{"x":"${'x'.repeat(restLimits.maxBytes)}"}`,
  ];
  for (const text of bad)
    assert.throws(() => decodeRestRequest(Buffer.from(text)), DecodeError, text.slice(0, 40));
  const full = encodeRestRequest({ 'User-Name': ['x'.repeat(253)] });
  assert.equal(decodeRestRequest(full).get('User-Name')?.[0]?.length, 253);
});
