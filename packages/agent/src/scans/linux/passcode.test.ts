import assert from 'node:assert/strict';
import { test } from 'node:test';
import { machine } from '../../../test/machine.ts';
import { isInteractive, parsePasswd, parseShadow, passwordOf } from './accounts.ts';
import { passwordRules } from './password-rules.ts';

const stack = (...lines: readonly (readonly [string, string, Record<string, string>?])[]) =>
  lines.map(([control, module, args = {}]) => ({ control, module, args: new Map(Object.entries(args)) }));
const none = new Map<string, string>();

test('an account that signs in without a password is found; locked ones and services are not counted', async (t) => {
  const { facts } = await machine(t, 'debian-server').scan('security');
  assert.equal(facts['passcode.set'], false);
  assert.equal(facts['passcode.accounts-without-password'], 1);
});

test('PWD-10: a password removed from shadow, or from passwd itself, shows at the next scan', async (t) => {
  const made = machine(t, 'ubuntu-luks-laptop');
  assert.equal((await made.scan('security')).facts['passcode.set'], true);
  made.write('/etc/shadow', 'root:!:1::::::\nann::19990:0:180:7:::\nbob:$y$a:19990:0:90:7:::\n', 0o640);
  assert.equal((await made.scan('security')).facts['passcode.accounts-without-password'], 1);
  made.write('/etc/passwd', 'root::0:0:root:/root:/bin/bash\nann:x:1000:1000:Ann:/home/ann:/bin/bash\n');
  assert.equal((await made.scan('security')).facts['passcode.accounts-without-password'], 2);
});

test('a quality module after pam_unix, or installed without being in the stack, changes nothing', async (t) => {
  const { facts } = await machine(t, 'debian-server').scan('security');
  assert.equal(facts['passcode.minimum-length'], 9);
  assert.equal(facts['passcode.minimum-classes'], 0);
  assert.equal(facts['passcode.history'], 3);
});

test('Fedora’s stack: defaults of pwquality hold when its file says nothing; an age without limit is 0', async (t) => {
  const { facts } = await machine(t, 'fedora-workstation').scan('security');
  assert.equal(facts['passcode.minimum-length'], 8);
  assert.equal(facts['passcode.maximum-age-days'], 0);
  assert.equal(facts['passcode.set'], true);
});

test('credits: a positive one shortens what is accepted, a negative one demands a class, enforcing=0 demands nothing', () => {
  const quality = (file: Record<string, string>, args: Record<string, string> = {}) =>
    passwordRules(stack(['requisite', 'pam_pwquality.so', args]), new Map(Object.entries(file)), none);
  assert.deepEqual(quality({ minlen: '12', dcredit: '2', ucredit: '1' }), {
    minimumLength: 9,
    minimumClasses: 0,
    history: 0,
  });
  assert.deepEqual(quality({ minlen: '12', dcredit: '-1', ocredit: '-2', minclass: '1' }), {
    minimumLength: 12,
    minimumClasses: 2,
    history: 0,
  });
  assert.deepEqual(quality({ minlen: '12' }, { minlen: '16' }), {
    minimumLength: 16,
    minimumClasses: 0,
    history: 0,
  });
  assert.deepEqual(quality({ minlen: '12', minclass: '3', enforcing: '0' }), {
    minimumLength: 0,
    minimumClasses: 0,
    history: 0,
  });
});

test('an optional module judges nothing; pam_unix alone asks for six characters; history takes the better of two', () => {
  assert.equal(
    passwordRules(
      stack(['optional', 'pam_pwquality.so', { minlen: '20' }], ['required', 'pam_unix.so']),
      none,
      none,
    ).minimumLength,
    6,
  );
  const both = stack(
    ['required', 'pam_pwhistory.so', { remember: '5' }],
    ['required', 'pam_unix.so', { remember: '7' }],
  );
  assert.equal(passwordRules(both, none, none).history, 7);
  assert.equal(
    passwordRules(stack(['required', 'pam_pwhistory.so']), none, new Map([['remember', '24']])).history,
    24,
  );
});

test('who is a person: root and uids from 1000, except nobody and those whose shell refuses', () => {
  const shells = new Set(['/bin/bash']);
  const accounts = parsePasswd(
    [
      'root:x:0:0::/root:/bin/bash',
      'www-data:x:33:33::/var/www:/bin/bash',
      'nobody:x:65534:65534::/:/bin/bash',
      'ann:x:1000:1000::/home/ann:/bin/bash',
      'svc:x:1001:1001::/:/usr/sbin/nologin',
      'odd:x:1002:1002::/:/opt/shell',
      'default:x:1003:1003::/:',
      'directory:x:200001:200001::/:/bin/bash',
      'broken:x:abc:1::/:/bin/bash',
      'short',
    ].join('\n'),
  );
  assert.deepEqual(
    accounts.filter((account) => isInteractive(account, shells)).map(({ name }) => name),
    ['root', 'ann', 'default', 'directory'],
  );
});

test('an account of passwd that shadow does not know cannot sign in; its first line counts', () => {
  const shadow = parseShadow('ann:$6$x:1:0:30:7:::\nann::1:0:30:7:::\n');
  const [ann, ghost] = parsePasswd('ann:x:1000:1000::/:/bin/sh\nghost:x:1001:1001::/:/bin/sh');
  assert.ok(ann !== undefined && ghost !== undefined);
  assert.deepEqual(passwordOf(ann, shadow), {
    password: 'set',
    maximumAgeDays: undefined,
    ...shadow.get('ann'),
    name: 'ann',
  });
  assert.equal(passwordOf(ghost, shadow).password, 'locked');
});
