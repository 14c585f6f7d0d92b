import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readBasic } from './credentials.ts';
import { lookUpsFor } from './look-ups.ts';

const values = (kind: 'imei' | 'meid' | 'macaddress' | 'guidhn', value: string) =>
  lookUpsFor({ kind, value }).map((each) => each.value);

test('an IMEI is looked up with and without what follows its fourteen digits', () => {
  const forms = values('imei', '490154203237518');
  assert.equal(new Set(forms).size, forms.length);
  assert.ok(forms.includes('49015420323751'));
  assert.ok(forms.includes('490154203237510'));
  assert.ok(forms.every((form) => form.startsWith('49015420323751')));
  assert.ok(values('imei', '4901542032375101').includes('4901542032375101'));
});

test('a MEID is looked up in hexadecimal and in decimal, from either', () => {
  // 3GPP2 C.S0072: A0000004 is 2684354564, 9336AF is 09647791.
  for (const asked of ['A00000049336AF', '268435456409647791']) {
    const forms = values('meid', asked);
    assert.ok(forms.includes('A00000049336AF'), asked);
    assert.ok(forms.includes('268435456409647791'), asked);
    assert.ok(forms.includes('A00000049336AF5'), asked);
  }
  assert.deepEqual(values('meid', '1234567890'), ['1234567890']);
});

test('other identifiers have one form, under our name for their kind', () => {
  assert.deepEqual(lookUpsFor({ kind: 'macaddress', value: '0026B424FEB4' }), [
    { kind: 'mac', value: '0026B424FEB4' },
  ]);
  assert.deepEqual(lookUpsFor({ kind: 'guidhn', value: 'laptop' }), [{ kind: 'host-name', value: 'laptop' }]);
});

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

test('Basic credentials: the first colon parts them, the user name may name the organization', () => {
  assert.deepEqual(readBasic(basic('ise@acme.example:a:b c ü')), {
    organization: undefined,
    email: 'ise@acme.example',
    password: 'a:b c ü',
  });
  for (const userName of ['acme\\ise@acme.example', 'ACME/ise@acme.example']) {
    assert.deepEqual(readBasic(basic(`${userName}:x`)), {
      organization: 'acme',
      email: 'ise@acme.example',
      password: 'x',
    });
  }
  assert.equal(readBasic(basic('ise@acme.example:x').replace('Basic', 'bAsIc'))?.password, 'x');
});

test('what is no Basic header with name and password is none', () => {
  const headers = [
    undefined,
    '',
    'Basic',
    'Basic ',
    'Basic !!!',
    'Bearer abc',
    basic('no colon'),
    basic(':password'),
    basic('name:'),
    basic(`${'x'.repeat(321)}:x`),
    basic(`x:${'x'.repeat(1_025)}`),
    `Basic ${Buffer.from([0xff, 0x3a, 0x41]).toString('base64')}`,
    `${basic('a:b')}, ${basic('c:d')}`,
  ];
  for (const header of headers) assert.equal(readBasic(header), undefined, header);
});
