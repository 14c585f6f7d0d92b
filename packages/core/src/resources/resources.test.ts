import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isDomainError } from '../errors.ts';
import { resourceDefinition, resourceKinds } from './catalogue.ts';
import { fillResource } from './fill.ts';
import { fieldComplaint, parseResource } from './parse.ts';
import { type AssignedResource, resolveResources } from './resolve.ts';
import { variablesOfFields } from './texts.ts';
import { parseTemplate, substitute, variableNames } from './variables.ts';

const refuses = (run: () => unknown, problem: RegExp) =>
  assert.throws(run, (error) => isDomainError(error, 'invalid-input') && problem.test(error.message));

test('RES-01 … RES-14: every kind describes each of its fields, and its conditions name fields that exist', () => {
  for (const kind of resourceKinds) {
    const { title, description, fields, uniqueBy } = resourceDefinition(kind);
    assert.match(title, /^[A-Z]/);
    assert.match(description, /^[A-Z].*\.$/, kind);
    if (typeof uniqueBy === 'string') assert.ok(fields[uniqueBy], kind);
    for (const [name, field] of Object.entries(fields)) {
      assert.match(field.description, /^[A-Z].*\.$/, `${kind}.${name}`);
      if (field.default !== undefined) assert.equal(fieldComplaint(field.shape, field.default), undefined);
      if (field.when) assert.ok(fields[field.when.field], `${kind}.${name}`);
      if (field.secret) assert.ok(!field.variables, 'a secret is what it is');
      const references = field.shape.type === 'list' ? field.shape.of : field.shape;
      if (references.type === 'reference')
        for (const other of references.kinds) assert.ok(resourceKinds.includes(other as never));
    }
  }
});

test('RES-12, RES-13: secrets are parted from what may be shown, and kept when they are not given again', () => {
  const network = { ssid: 'Acme', security: 'personal', password: 'correct horse' };
  const parsed = parseResource('wifi', network);
  assert.deepEqual(parsed.fields, { ssid: 'Acme', security: 'personal' });
  assert.deepEqual(parsed.secrets, { password: 'correct horse' });
  const { password, ...rest } = network;
  assert.ok(password);
  refuses(() => parseResource('wifi', rest), /password is missing/);
  assert.deepEqual(parseResource('wifi', rest, ['password']).kept, ['password']);
  refuses(() => parseResource('wifi', { ...rest, password: null }, ['password']), /password is missing/);
});

test('what does not apply, is unknown or is misshapen is refused, all in one answer and without repeating secrets', () => {
  refuses(
    () => parseResource('wifi', { ssid: 'Acme', security: 'open', password: 'hunter2' }),
    /password does not apply/,
  );
  refuses(
    () => parseResource('wifi', { ssid: '', security: 'none', x: 1 }),
    /"x" is not a field.*ssid.*security must be one of/,
  );
  refuses(() => parseResource('vpn', []), /object/);
  refuses(() => parseResource('caldav', { name: 'C', server: 'http://acme' }), /server must be a host name/);
  refuses(() => parseResource('scep', { address: 'https://user:pw@ca.acme/', subject: 'CN=x' }), /address/);
  assert.throws(
    () => parseResource('wifi', { ssid: 'A', security: 'personal', password: 'hunter2\n' }),
    (error) => isDomainError(error) && !JSON.stringify([error.message, error.detail]).includes('hunter2'),
  );
});

test('VPN-03: variables are put in by name', () => {
  const values = { domain: 'acme.example', username: 'ann' };
  assert.deepEqual(substitute('%domain%\\%username%', values), { text: 'acme.example\\ann' });
  assert.deepEqual(substitute('100%% %username%', values), { text: '100% ann' });
  assert.deepEqual(substitute('%serial-number%/%username%', values), { missing: ['serial-number'] });
});

test('TPL-01 only named variables are put in: no expression, no path, nothing inside what was put in', () => {
  for (const hostile of [
    '%constructor%',
    '%username.length%',
    '%__proto__%',
    '%USERNAME%',
    '%user name%',
    '50%',
  ])
    refuses(
      () => parseResource('exchange', { name: 'E', server: 'm.acme', email: hostile }),
      /email (names the variable|holds a single)/,
    );
  for (const literal of ['{{constructor}}', '${username}', '<%= 1 %>'.replaceAll('%', '%%')])
    assert.ok('text' in substitute(literal, {}));
  assert.deepEqual(substitute('%username%', { username: '%email%', email: 'secret' }), { text: '%email%' });
});

test('any text gives a template or a problem, and a value never changes what stands around it', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const template = parseTemplate(text);
      if ('problem' in template) return;
      const values = Object.fromEntries(variableNames.map((name) => [name, `<${name}>`]));
      assert.ok('text' in substitute(text, values));
    }),
  );
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (value) => {
      assert.deepEqual(substitute('a%email%b', { email: value }), { text: `a${value}b` });
    }),
  );
});

test('any input gives a resource or an invalid-input error', () => {
  fc.assert(
    fc.property(fc.constantFrom(...resourceKinds), fc.anything(), (kind, input) => {
      try {
        parseResource(kind, input);
      } catch (error) {
        assert.ok(isDomainError(error, 'invalid-input'));
      }
    }),
  );
});

const vpn = (
  resourceId: string,
  name: string,
  targetKind: 'device' | 'group' | 'organization',
  priority = 0,
): AssignedResource => ({
  resourceId,
  kind: 'vpn',
  name: `resource ${resourceId}`,
  version: 1,
  fields: { name, server: 'vpn.acme' },
  path: { targetKind, targetId: targetKind, targetName: targetKind },
  priority,
});

test('POL-09: several VPNs stand beside each other, but one of a name, and the result says who won against whom', () => {
  const all = [vpn('1', 'Office', 'organization'), vpn('2', 'Office', 'device'), vpn('3', 'Lab', 'group')];
  for (const order of [all, all.toReversed()]) {
    const { resources, outdone } = resolveResources(order);
    assert.deepEqual(
      resources.map(({ resourceId, why }) => [resourceId, why]),
      [
        ['2', 'nearest'],
        ['3', 'only-one'],
      ],
    );
    assert.deepEqual(
      outdone.map(({ resource, by }) => [resource.resourceId, by.resourceId]),
      [['1', '2']],
    );
  }
});

test('RES-17: one resource that reaches a device twice is there once', () => {
  const { resources, outdone } = resolveResources([
    vpn('1', 'Office', 'organization'),
    vpn('1', 'Office', 'group'),
  ]);
  assert.equal(resources.length, 1);
  assert.equal(resources[0]?.path.targetKind, 'group');
  assert.deepEqual(outdone, []);
});

test('TPL-01 a value cannot leave the place that it was put in: not a subject’s part, not an address', () => {
  const variables = { username: 'ann,O=Admins', email: 'a/../b?c@acme.example' };
  const scep = fillResource(
    'scep',
    { address: 'https://ca.acme/', subject: 'CN=%username%,O=Acme\\, Inc' },
    {},
    variables,
  );
  assert.ok('subjects' in scep);
  assert.deepEqual(scep.subjects['subject'], [
    { attribute: 'CN', value: 'ann,O=Admins' },
    { attribute: 'O', value: 'Acme, Inc' },
  ]);
  const clip = fillResource('web-clip', { label: 'x', address: 'https://x.acme/%email%' }, {}, variables);
  assert.ok('values' in clip);
  assert.equal(clip.values['address'], 'https://x.acme/a%2F..%2Fb%3Fc%40acme.example');
});

test('a resource is filled wholly or not at all', () => {
  const fields = { name: 'Mail', server: 'mail.acme', email: '%email%', user: '%domain%\\%username%' };
  const without = fillResource('exchange', fields, {}, { username: 'ann' });
  assert.deepEqual(without, {
    problems: [
      '%email% has no value here: the user’s e-mail address.',
      '%domain% has no value here: the part of the user’s e-mail address after the @.',
    ],
  });
  const hostile = fillResource('exchange', fields, {}, { email: 'a@b', domain: 'd', username: 'x\ny' });
  assert.deepEqual(hostile, { problems: ['user must be one line of text'] });
});

test('APP-15: variables are put in wherever a configuration of an app has text; names of keys and what is secret stay as they are', () => {
  const configuration = {
    server: 'https://chat.acme.example/',
    account: { user: '%username%', '%email%': ['%email%', 3, true], share: '100 %%' },
  };
  const parsed = parseResource('managed-app', {
    name: 'Chat',
    source: 'app-store',
    appStoreId: '1234',
    bundleId: 'com.example.chat',
    configuration,
    secretConfiguration: { token: '50% off' },
  });
  assert.deepEqual(parsed.fields['configuration'], configuration);
  assert.ok(!JSON.stringify(parsed.fields).includes('50%'));
  assert.deepEqual([...variablesOfFields('managed-app', parsed.fields)].sort(), ['email', 'username']);
  const filled = fillResource('managed-app', parsed.fields, parsed.secrets, {
    username: 'ann',
    email: '%username%@acme.example',
  });
  assert.ok('values' in filled);
  assert.deepEqual(filled.values['configuration'], {
    server: 'https://chat.acme.example/',
    account: { user: 'ann', '%email%': ['%username%@acme.example', 3, true], share: '100 %' },
  });
  assert.deepEqual(filled.values['secretConfiguration'], { token: '50% off' });
  const without = fillResource('managed-app', parsed.fields, parsed.secrets, { username: 'ann' });
  assert.deepEqual(without, { problems: ['%email% has no value here: the user’s e-mail address.'] });
});

test('APP-15: a configuration that nobody could keep or read is refused', () => {
  const app = (configuration: unknown) => () =>
    parseResource('managed-app', { name: 'A', source: 'app-store', appStoreId: '1', configuration });
  const deep = (levels: number): object => (levels === 0 ? {} : { a: deep(levels - 1) });
  refuses(app({ a: '%nobody%' }), /configuration names the variable "nobody"/);
  refuses(app({ a: { b: ['5 %'] } }), /single percent sign/);
  refuses(app({ a: 'x'.repeat(16 * 1024) }), /at most 16384 bytes/);
  refuses(app(deep(17)), /at most 16 levels/);
  for (const text of ['\0', '\ud800', '\u0007', '\b']) refuses(app({ a: text }), /control characters/);
  refuses(app({ ['\0']: 1 }), /control characters/);
  app({ a: 'a\\u0000 line\nand\tanother', b: deep(10) })();
  refuses(
    () => parseResource('managed-app', { name: 'A', source: 'app-store', appStoreId: 'Pages' }),
    /appStoreId must be a number/,
  );
});
