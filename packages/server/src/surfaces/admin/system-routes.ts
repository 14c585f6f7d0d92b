// For whoever runs the instance: how it is, and how much of it each organization uses. No organization's data but counts.
import { statfs } from 'node:fs/promises';
import { OrganizationUsage, SystemHealth } from '@gatehouse/contracts/admin/system.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import { type AdminRoute, defineRoute, listRoute } from '../../kernel/http/route.ts';
import { listOrganizations } from '../../modules/organizations/index.ts';
import { selectInstance, selectUsage } from './system-queries.ts';

export interface SystemRoutesDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly productVersion: string;
  /** Whose disk must not fill up. */
  readonly dataDirectory: string;
}

const access = { permission: 'system.operate' } as const;
const startedAt = new Date(Date.now() - process.uptime() * 1000).toISOString();

export const systemRoutes = (deps: SystemRoutesDeps): AdminRoute[] => [
  defineRoute({
    method: 'GET',
    path: '/system/health',
    operation: 'getSystemHealth',
    tag: 'system',
    summary: 'How the instance is: database, background work, disk',
    access,
    scope: 'instance',
    response: { 200: SystemHealth },
    async handle() {
      const began = performance.now();
      await deps.database.ping();
      const answersInMs = Math.round((performance.now() - began) * 10) / 10;
      const [instance, disk] = await Promise.all([
        deps.database.withSystem('doctor', (tx) => selectInstance(tx, new Date(deps.clock.now()))),
        statfs(deps.dataDirectory),
      ]);
      return {
        version: deps.productVersion,
        node: process.version,
        startedAt,
        memoryBytes: process.memoryUsage.rss(),
        database: {
          answersInMs,
          bytes: instance.bytes,
          version: instance.version,
        },
        jobs: {
          waiting: instance.waiting,
          running: instance.running,
          dead: instance.dead,
          oldestDueSeconds: instance.oldest_due_seconds,
        },
        freeBytes: disk.bavail * disk.bsize,
      };
    },
  }),
  listRoute({
    path: '/system/usage',
    operation: 'listOrganizationUsage',
    tag: 'system',
    summary: 'How much of the instance each organization uses',
    access,
    scope: 'instance',
    item: OrganizationUsage,
    async handle({ principal, page }) {
      const { items, next } = await listOrganizations(deps, principal, page);
      const used = [];
      for (const organization of items) {
        // One after the other: the operator can wait, and the devices of those organizations cannot.
        const usage = await deps.database.withTenant(organization.id, selectUsage, { readOnly: true });
        used.push({
          id: organization.id,
          slug: organization.slug,
          name: organization.name,
          createdAt: organization.createdAt,
          users: usage.users,
          devices: usage.devices,
          lastActivityAt: usage.last_activity_at?.toISOString() ?? null,
        });
      }
      return { items: used, ...(next === undefined ? {} : { next }) };
    },
  }),
];
