import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import { createEvents, type DomainEvent } from '../../kernel/events.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { exportUsers } from './export-users.ts';
import { createGroup, deleteGroup, listGroupMembers, listGroups, setGroupMember } from './groups.ts';
import { importUsers } from './import-users.ts';
import { createUser, deleteUser, listUsers, readUser, updateUser, type UserDeps } from './users.ts';

describe('users and groups', () => {
  let test_: TestDatabase;
  let deps: UserDeps;
  const emitted: DomainEvent[] = [];
  const principal = (
    role: 'org-admin' | 'auditor' = 'org-admin',
    organizationId = newId(),
  ): TenantPrincipal => ({
    kind: 'administrator',
    id: newId(),
    organizationId,
    label: 'admin@acme.example',
    role,
    permissions: effectivePermissions(role, new Map()),
    empoweredAt: 0,
  });
  const page = { limit: 100, after: undefined };
  const csv = (content: string) => Readable.from([Buffer.from(content)]);

  before(async () => {
    test_ = await openTestDatabase();
    const events = createEvents({}, () => undefined);
    deps = {
      database: test_.database,
      events: {
        ...events,
        async emit(tx, event) {
          emitted.push(event);
          await events.emit(tx, event);
        },
      },
    };
  });
  after(() => test_[Symbol.asyncDispose]());

  test('a user name is what stands before the @, unless one is given', async () => {
    const admin = principal();
    assert.equal((await createUser(deps, admin, { email: 'ann@acme.example' })).userName, 'ann');
    assert.equal(
      (await createUser(deps, admin, { email: 'bob@acme.example', userName: 'ACME\\bob' })).userName,
      'ACME\\bob',
    );
  });

  test('addresses and user names are unique within an organization, whatever their case, and free in another', async () => {
    const admin = principal();
    await createUser(deps, admin, { email: 'ann@acme.example' });
    const conflict = (reason: string) => (error: unknown) =>
      isDomainError(error, 'conflict') && error.reason === reason;
    await assert.rejects(
      createUser(deps, admin, { email: 'ANN@acme.example', userName: 'x' }),
      conflict('email-taken'),
    );
    await assert.rejects(
      createUser(deps, admin, { email: 'ann@other.example' }),
      conflict('user-name-taken'),
    );
    await createUser(deps, principal(), { email: 'ann@acme.example' });
  });

  test('HTTP-07 another organization’s user is as absent as one that does not exist', async () => {
    const user = await createUser(deps, principal(), { email: 'ann@acme.example' });
    const stranger = principal();
    const absent = (error: unknown) => isDomainError(error, 'not-found');
    await assert.rejects(readUser(deps, stranger, user.id), absent);
    await assert.rejects(updateUser(deps, stranger, user.id, { displayName: 'x' }), absent);
    await assert.rejects(deleteUser(deps, stranger, user.id), absent);
    const group = await createGroup(deps, stranger, { name: 'Mine' });
    await assert.rejects(setGroupMember(deps, stranger, group.id, user.id, true), absent);
    assert.deepEqual((await listUsers(deps, stranger, {}, page)).items, []);
  });

  test('a role without the permission is refused', async () => {
    const admin = principal();
    const auditor = principal('auditor', admin.organizationId);
    const forbidden = (error: unknown) => isDomainError(error, 'forbidden');
    await createUser(deps, admin, { email: 'ann@acme.example' });
    assert.equal((await listUsers(deps, auditor, {}, page)).items.length, 1);
    await assert.rejects(createUser(deps, auditor, { email: 'bob@acme.example' }), forbidden);
    await assert.rejects(importUsers(deps, auditor, csv('email\nx@acme.example')), forbidden);
  });

  test('joining and leaving a group is an event of the user, once', async () => {
    const admin = principal();
    const user = await createUser(deps, admin, { email: 'ann@acme.example' });
    const group = await createGroup(deps, admin, { name: 'Sales' });
    await assert.rejects(createGroup(deps, admin, { name: 'SALES' }), (error) =>
      isDomainError(error, 'conflict'),
    );
    emitted.length = 0;
    await setGroupMember(deps, admin, group.id, user.id, true);
    await setGroupMember(deps, admin, group.id, user.id, true);
    assert.deepEqual(
      (await listGroupMembers(deps, admin, group.id, page)).items.map((member) => member.email),
      ['ann@acme.example'],
    );
    await deleteGroup(deps, admin, group.id);
    assert.deepEqual(
      emitted.map(({ name, subjectId }) => [name, subjectId]),
      [
        ['user.groups-changed', user.id],
        ['user.groups-changed', user.id],
        ['group.deleted', group.id],
      ],
    );
  });

  test('lists page without loss or doubles', async () => {
    const admin = principal();
    for (let index = 0; index < 25; index += 1)
      await createUser(deps, admin, { email: `user${index}@acme.example` });
    const seen: string[] = [];
    let position: Parameters<typeof listUsers>[3]['after'];
    do {
      const answer = await listUsers(deps, admin, {}, { limit: 10, after: position });
      seen.push(...answer.items.map((user) => user.email));
      position = answer.next;
    } while (position);
    assert.equal(new Set(seen).size, 25);
    assert.equal(seen.length, 25);
    assert.equal((await listUsers(deps, admin, { search: 'USER2' }, page)).items.length, 6);
  });

  test('OWN-06, CSV-02: an import reports each line, keeps the good ones, and changes nothing when repeated', async () => {
    const admin = principal();
    const file = [
      'email,user_name,display_name,employee_id,groups',
      'ann@acme.example,ann,Ann,17,Sales; Support',
      'not-an-address,x,,,',
      'bob@acme.example,,Bob,,Sales',
      'eve@acme.example,ANN,,,',
      'ann@acme.example,ann,Ann,17,Sales',
    ].join('\r\n');
    const first = await importUsers(deps, admin, csv(file));
    assert.deepEqual(
      first.lines.map(({ line, outcome }) => [line, outcome]),
      [
        [2, 'created'],
        [3, 'failed'],
        [4, 'created'],
        [5, 'failed'],
        [6, 'unchanged'],
      ],
    );
    assert.match(first.lines[1]?.reason ?? '', /email/);
    assert.match(first.lines[3]?.reason ?? '', /user name/);
    const second = await importUsers(deps, admin, csv(file));
    assert.deepEqual(
      second.lines.filter((line) => line.outcome === 'created' || line.outcome === 'updated'),
      [],
    );
    assert.deepEqual(
      (await listGroups(deps, admin, page)).items.map((group) => group.name),
      ['Sales', 'Support'],
    );
    const exported = await text(exportUsers(deps, admin));
    const again = await importUsers(deps, principal(), csv(exported));
    assert.deepEqual(
      again.lines.map((line) => line.outcome),
      ['created', 'created'],
    );
    await assert.rejects(
      importUsers(deps, admin, csv('email,role\nx@acme.example,org-admin')),
      /"role" is not known/,
    );
  });
});
