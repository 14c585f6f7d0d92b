import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecodeError } from '../decode-error.ts';
import {
  decodeAncOrder,
  decodeCoaAnswer,
  decodeCoaPath,
  decodeSessionServer,
  encodeAncOrder,
  encodeCoaAnswer,
  encodeCoaPath,
  encodeSessionPath,
} from './change-of-authorization.ts';

const text = (value: string) => Buffer.from(value);

test('the paths that Cisco documents, with the address in upper case and colons', () => {
  const change = { psn: 'psn-1', mac: 'AABBCCDDEEFF', option: 1 } as const;
  const reauthenticate = { ...change, kind: 'reauthenticate' } as const;
  assert.equal(encodeCoaPath(reauthenticate), '/admin/API/mnt/CoA/Reauth/psn-1/AA:BB:CC:DD:EE:FF/1');
  const disconnect = { ...change, kind: 'disconnect', psn: 'a/b' } as const;
  assert.equal(encodeCoaPath(disconnect), '/admin/API/mnt/CoA/Disconnect/a%2Fb/AA:BB:CC:DD:EE:FF/1');
  assert.deepEqual(decodeCoaPath(encodeCoaPath(disconnect)), disconnect);
  assert.equal(decodeCoaPath('/admin/API/mnt/CoA/Reauth/psn-1/aa:bb/1'), undefined);
  assert.equal(encodeSessionPath('AABBCCDDEEFF'), '/admin/API/mnt/Session/MACAddress/AA:BB:CC:DD:EE:FF');
});

test('the answer of the monitoring node as documented', () => {
  const documented = text(
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<remoteCoA requestType="reauth"><results>true</results></remoteCoA>',
  );
  assert.deepEqual(decodeCoaAnswer(documented), { requestType: 'reauth', results: true });
  const answer = { requestType: 'disconnect', results: false };
  assert.deepEqual(decodeCoaAnswer(encodeCoaAnswer(answer)), answer);
  for (const bad of ['<html/>', '<remoteCoA/>', '<remoteCoA><results>maybe</results></remoteCoA>', ''])
    assert.throws(() => decodeCoaAnswer(text(bad)), DecodeError);
  const session =
    '<sessionParameters><passed>true</passed><acs_server>psn-2</acs_server></sessionParameters>';
  assert.equal(decodeSessionServer(text(session)), 'psn-2');
  assert.equal(
    decodeSessionServer(text('<sessionParameters><acs_server>../x</acs_server></sessionParameters>')),
    undefined,
  );
});

test('an order of adaptive network control as ERS documents it', () => {
  const order = { mac: 'AABBCCDDEEFF', policy: 'Quarantine' };
  const bytes = encodeAncOrder(order);
  assert.deepEqual(JSON.parse(Buffer.from(bytes).toString()), {
    OperationAdditionalData: {
      additionalData: [
        { name: 'macAddress', value: 'AA:BB:CC:DD:EE:FF' },
        { name: 'policyName', value: 'Quarantine' },
      ],
    },
  });
  assert.deepEqual(decodeAncOrder(bytes), order);
  assert.throws(() => decodeAncOrder(text('{"OperationAdditionalData":{"additionalData":[]}}')), DecodeError);
});
