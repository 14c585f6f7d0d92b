import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { identifierKinds, macAddresses, normalizeIdentifier } from './identifiers.ts';

describe('identifiers', () => {
  test('NAC keys: each kind has one normal form, whatever way it is written', () => {
    const forms = [
      ['mac', '00-26-b4-24-fe-b4', '0026B424FEB4'],
      ['mac', '0026.b424.feb4', '0026B424FEB4'],
      ['serial', ' c02abc ', 'C02ABC'],
      ['imei', '35-209900-176148-1', '352099001761481'],
      ['meid', 'a000 0049 32a1 4b', 'A000004932A14B'],
      ['guid', 'F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6', 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6'],
      ['host-name', 'Laptop.Example.', 'laptop.example'],
      ['mail-id', ' abcdef0123 ', 'ABCDEF0123'],
    ] as const;
    for (const [kind, text, expected] of forms) assert.equal(normalizeIdentifier(kind, text), expected);
  });

  test('what identifies no single device is no identifier', () => {
    const none = [
      ['mac', '00:00:00:00:00:00'],
      ['mac', 'ff:ff:ff:ff:ff:ff'],
      ['mac', '01:00:5e:00:00:fb'],
      ['mac', '00:26:b4'],
      ['serial', 'To Be Filled By O.E.M.'],
      ['serial', 'Default string'],
      ['serial', '0'],
      ['serial', ''],
      ['imei', '000000000000000'],
      ['host-name', 'localhost.localdomain'],
    ] as const;
    for (const [kind, text] of none)
      assert.equal(normalizeIdentifier(kind, text), undefined, `${kind} ${text}`);
  });

  test('a normal form is its own normal form', () => {
    fc.assert(
      fc.property(fc.constantFrom(...identifierKinds), fc.string({ maxLength: 80 }), (kind, text) => {
        const once = normalizeIdentifier(kind, text);
        if (once !== undefined) assert.equal(normalizeIdentifier(kind, once), once);
      }),
    );
  });

  test('addresses of containers, bridges and tunnels are left out; the one in use comes first', () => {
    const adapter = (
      name: string,
      mac: string,
      kind: 'ethernet' | 'wifi' | 'bridge' | 'virtual' | 'other',
      up = true,
    ) => ({
      name,
      mac,
      kind,
      up,
    });
    assert.deepEqual(
      macAddresses([
        adapter('eth0', '00:11:22:33:44:55', 'ethernet', false),
        adapter('docker0', '02:42:00:00:00:01', 'bridge'),
        adapter('veth1a2b', '7e:00:00:00:00:02', 'ethernet'),
        adapter('usb0', '02:00:00:00:00:03', 'other'),
        { ...adapter('wlan0', 'da:a1:19:00:00:01', 'wifi'), permanentMac: '00:26:b4:24:fe:b4' },
      ]),
      ['DAA119000001', '0026B424FEB4', '001122334455'],
    );
  });
});
