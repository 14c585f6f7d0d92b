import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { permissions } from '@gatehouse/core/permissions/catalogue.ts';
import { effectivePermissions } from '@gatehouse/core/permissions/roles.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import {
  createOrganization,
  createOrganizationFinder,
  type CreateOrganizationDeps,
  readSettings,
} from './index.ts';
import { listOrganizations, readOrganization } from './list-organizations.ts';
import { updateOrganization } from './update-organization.ts';

describe('organizations', () => {
  let db: TestDatabase;
  let deps: CreateOrganizationDeps;
  const recorded: Parameters<CreateOrganizationDeps['audit']>[1][] = [];
  before(async () => {
    db = await openTestDatabase();
    deps = {
      database: db.database,
      audit: async (_tx, entry) => {
        recorded.push(entry);
      },
      onCreated: [],
    };
  });
  after(() => db[Symbol.asyncDispose]());

  const operator = {
    kind: 'local',
    id: '0',
    organizationId: null,
    label: 'operator',
    role: 'system-admin',
    permissions: new Set(permissions),
    empoweredAt: null,
  } as const;
  const orgAdmin = (organizationId: string): TenantPrincipal => ({
    ...operator,
    kind: 'administrator',
    organizationId,
    role: 'org-admin',
    permissions: effectivePermissions('org-admin'),
  });
  const page = { limit: 50, after: undefined };

  test('TEN-01 an organization is created complete or not at all', async () => {
    const seen: string[] = [];
    const hook = async (_tx: unknown, { slug }: { slug: string }) => {
      seen.push(slug);
    };
    const created = await createOrganization({ ...deps, onCreated: [hook, hook] }, operator, {
      slug: 'acme',
      name: 'Acme',
    });
    assert.deepEqual(seen, ['acme', 'acme']);
    assert.equal(created.slug, 'acme');
    const broken = async () => {
      throw new Error('no authority');
    };
    const input = { slug: 'half', name: 'Half' };
    await assert.rejects(
      createOrganization({ ...deps, onCreated: [hook, broken] }, operator, input),
      /no authority/,
    );
    assert.equal(await createOrganizationFinder(deps)('half'), undefined);
    await createOrganization(deps, operator, input);
  });

  test('a slug is taken once, and words of the server’s own addresses never', async () => {
    await assert.rejects(createOrganization(deps, operator, { slug: 'acme', name: 'Other' }), {
      code: 'conflict',
      reason: 'slug-taken',
    });
    for (const slug of ['api', 'setup', 'agent', 'ciscoise', 'console', 'metrics']) {
      await assert.rejects(
        createOrganization(deps, operator, { slug, name: 'x' }),
        { reason: 'reserved-slug' },
        slug,
      );
    }
  });

  test('an organization that did not exist yet is found once it does', async () => {
    const find = createOrganizationFinder(deps);
    assert.equal(await find('later'), undefined);
    assert.equal(await find('NOT A SLUG'), undefined);
    const { id } = await createOrganization(deps, operator, { slug: 'later', name: 'Later' });
    assert.deepEqual(await find('later'), { organizationId: id, slug: 'later', name: 'Later' });
  });

  test('only the operator creates organizations and sees all of them', async () => {
    const { id } = await createOrganization(deps, operator, { slug: 'own', name: 'Own' });
    await assert.rejects(createOrganization(deps, orgAdmin(id), { slug: 'mine', name: 'Mine' }), {
      code: 'forbidden',
    });
    const own = await listOrganizations(deps, orgAdmin(id), page);
    assert.deepEqual(
      own.items.map(({ slug }) => slug),
      ['own'],
    );
    const all: string[] = [];
    let after: readonly (string | number | boolean | null)[] | undefined;
    do {
      const part = await listOrganizations(deps, operator, { limit: 2, after });
      all.push(...part.items.map(({ slug }) => slug));
      after = part.next;
    } while (after);
    assert.deepEqual(all, ['acme', 'half', 'later', 'own']);
  });

  test('settings given replace those of the same name; the record has before and after, and no person', async () => {
    const { id } = await createOrganization(deps, operator, { slug: 'settled', name: 'Settled' });
    const actor = orgAdmin(id);
    const settings = () => db.database.withTenant(id, (tx) => readSettings(tx));
    assert.equal((await settings()).secondFactorRequired, true);
    assert.equal((await settings()).enrollmentCodeHours, 72);
    await updateOrganization(deps, actor, {
      settings: { enrollmentCodeHours: 24, secondFactorRequired: false },
    });
    await updateOrganization(deps, actor, {
      settings: { enrollmentCodeHours: 12, support: { email: 'ann@settled.example' } },
    });
    assert.deepEqual((await readOrganization(deps, actor)).settings, {
      enrollmentCodeHours: 12,
      secondFactorRequired: false,
      support: { email: 'ann@settled.example' },
    });
    assert.equal((await settings()).secondFactorRequired, false);
    assert.deepEqual(recorded.at(-1)?.show, {
      enrollmentCodeHours: { before: 24, after: 12 },
      support: 'changed',
    });
    const helpDesk = { ...actor, permissions: effectivePermissions('help-desk') };
    await assert.rejects(updateOrganization(deps, helpDesk, { name: 'x' }), { code: 'forbidden' });
  });
});
