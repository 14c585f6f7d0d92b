/** Makes the demo organization through the admin API, or what is still missing of it: running twice changes nothing. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectLocalApi, type LocalApi } from '../operator/local-api.ts';
import {
  consoleAccount,
  type Department,
  emailOf,
  employees,
  iseAccount,
  organization,
  policies,
  schedule,
  userNameOf,
} from './company.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}
interface Assignment {
  readonly item: { readonly kind: string; readonly id: string };
  readonly target: { readonly kind: string; readonly id: string };
}

/** @param tell is handed a sentence for each thing that was made. */
export async function furnish(dataDirectory: string, tell: (line: string) => void): Promise<LocalApi> {
  const instance = connectLocalApi(dataDirectory);
  const organizations = await instance.list<{ id: string; slug: string }>('/organizations');
  let demo = organizations.find(({ slug }) => slug === organization.slug);
  if (demo === undefined) {
    demo = await instance.request<{ id: string; slug: string }>('POST', '/organizations', organization);
    tell(`made the organization ${organization.slug}`);
  }
  await instance.close();

  const api = connectLocalApi(dataDirectory, organization.slug);
  await ensureUsers(api, tell);
  const groups = await ensureGroups(api, tell);
  await ensurePolicies(api, demo.id, groups, tell);
  await ensureIseAccount(api, dataDirectory, tell);
  await ensureConsoleAccount(api, dataDirectory, tell);
  return api;
}

async function ensureUsers(api: LocalApi, tell: (line: string) => void): Promise<void> {
  const known = new Set((await api.list<{ email: string }>('/users')).map(({ email }) => email));
  const missing = employees.filter((employee) => !known.has(emailOf(employee)));
  for (const employee of missing) {
    await api.request('POST', '/users', {
      email: emailOf(employee),
      userName: userNameOf(employee),
      displayName: employee.name,
    });
  }
  if (missing.length > 0) tell(`made ${missing.length} users`);
}

async function ensureGroups(api: LocalApi, tell: (line: string) => void): Promise<Map<Department, string>> {
  const users = new Map(
    (await api.list<{ id: string; email: string }>('/users')).map(({ id, email }) => [email, id]),
  );
  const known = new Map((await api.list<Named>('/groups')).map(({ id, name }) => [name, id]));
  const groups = new Map<Department, string>();
  for (const department of new Set(employees.map((employee) => employee.department))) {
    const found = known.get(department);
    const id = found ?? (await api.request<Named>('POST', '/groups', { name: department })).id;
    groups.set(department, id);
    if (found !== undefined) continue;
    tell(`made the group ${department}`);
    for (const employee of employees.filter((one) => one.department === department)) {
      const user = users.get(emailOf(employee));
      if (user !== undefined) await api.request('PUT', `/groups/${id}/members/${user}`);
    }
  }
  return groups;
}

async function ensurePolicies(
  api: LocalApi,
  organizationId: string,
  groups: ReadonlyMap<Department, string>,
  tell: (line: string) => void,
): Promise<void> {
  const assignments = await api.list<Assignment>('/assignments');
  const assign = async (kind: 'policy' | 'schedule', id: string, targetKind: string, targetId: string) => {
    const there = assignments.some(({ item, target }) => item.id === id && target.id === targetId);
    if (there) return;
    await api.request('POST', '/assignments', {
      item: { kind, id },
      target: { kind: targetKind, id: targetId },
      // Above the standard schedule, which every organization is given.
      ...(kind === 'schedule' ? { priority: 100 } : {}),
    });
  };
  const known = new Map((await api.list<Named>('/policies')).map(({ id, name }) => [name, id]));
  for (const { name, description, settings, target } of policies) {
    let id = known.get(name);
    if (id === undefined) {
      id = (await api.request<Named>('POST', '/policies', { name, description, settings })).id;
      tell(`made the policy suite ${name}`);
    }
    if (target === 'organization') await assign('policy', id, 'organization', organizationId);
    else await assign('policy', id, 'group', groups.get(target) ?? organizationId);
  }
  const schedules = await api.list<Named>('/schedules');
  const found = schedules.find(({ name }) => name === schedule.name);
  const { id } = found ?? (await api.request<Named>('POST', '/schedules', schedule));
  await assign('schedule', id, 'organization', organizationId);
}

/** The account that a Cisco ISE would sign in with; its password is kept where only the server's user can read it. */
function ensureIseAccount(api: LocalApi, dataDirectory: string, tell: (line: string) => void): Promise<void> {
  const account = { email: iseAccount, displayName: 'Cisco ISE', role: 'nac-service' };
  return ensureAccount(api, join(dataDirectory, 'demo'), 'ise-account.json', account, tell);
}

/** The account with which whoever tries the demo opens the console. Nobody wants to enrol a second factor for a look. */
async function ensureConsoleAccount(
  api: LocalApi,
  dataDirectory: string,
  tell: (line: string) => void,
): Promise<void> {
  await api.request('PATCH', '/organization/settings', { secondFactorRequired: false });
  const account = { email: consoleAccount, displayName: 'Dana Demo', role: 'org-admin' };
  await ensureAccount(api, join(dataDirectory, 'demo'), 'console-account.json', account, tell);
}

async function ensureAccount(
  api: LocalApi,
  folder: string,
  fileName: string,
  account: { readonly email: string; readonly displayName: string; readonly role: string },
  tell: (line: string) => void,
): Promise<void> {
  const known = await api.list<{ email: string }>('/administrators');
  if (known.some(({ email }) => email === account.email)) return;
  const file = join(folder, fileName);
  const password = randomBytes(18).toString('base64url');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (existsSync(file)) tell(`${file} was of an earlier account and is replaced`);
  const kept = { organization: organization.slug, user: account.email, password };
  writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 });
  await api.request('POST', '/administrators', { ...account, password });
  tell(`made the account ${account.email} (${account.displayName}); its password is in ${file}`);
}
