// One thing of every kind that a route can name, made through the API itself, for tests that try to reach it from outside.
import type { AdminRoute } from '../../kernel/http/route.ts';
import type { TestAdminSurface, TestOrganization } from './test-surface.ts';

/** Ids by the name of the path parameter. */
export type ThingIds = Readonly<Record<string, string>>;

export async function createForeignThings(
  surface: TestAdminSurface,
  organization: TestOrganization,
): Promise<ThingIds> {
  const { token } = organization.administrators['org-admin'];
  const make = async (path: string, body: unknown): Promise<string> => {
    const answer = await surface.call(token, 'POST', path, { body });
    if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.body}`);
    return (answer.json() as { id: string }).id;
  };
  const userId = await make('/users', { email: `thing@${organization.slug}.example` });
  const groupId = await make('/groups', { name: 'things' });
  const roleId = await make('/roles', { name: 'things', permissions: ['devices.read'] });
  const tokenId = await make('/tokens', { role: 'auditor', expiresInSeconds: 3_600 });
  const enrollmentId = await make('/enrollments', { user: userId, platform: 'linux' });
  return {
    userId,
    groupId,
    roleId,
    tokenId,
    sessionId: tokenId,
    enrollmentId,
    administratorId: organization.administrators.auditor.id,
    ...(await rowsOf(surface, organization, userId)),
  };
}

/** What devices and the system make, not administrators. */
async function rowsOf(
  surface: TestAdminSurface,
  { id }: TestOrganization,
  userId: string,
): Promise<Record<string, string>> {
  const admin = await surface.db.superuser();
  const job = await admin.query(
    `insert into jobs (organization_id, kind, payload, state) values ($1, 'thing', '{}', 'dead') returning job_id`,
    [id],
  );
  return { jobId: String(job.rows[0].job_id), ownerId: userId };
}

export function fillPath(route: AdminRoute, ids: ThingIds): string {
  return route.path.replaceAll(/:(\w+)/g, (_all, name: string) => ids[name] ?? 'x');
}
