/** The operator's view of the whole instance. */
import type { NewOrganization, Organization } from '@gatehouse/contracts/admin/organizations.ts';
import type { OrganizationUsage, SystemHealth } from '@gatehouse/contracts/admin/system.ts';
import type { LogLines } from '@gatehouse/contracts/admin/log.ts';
import { operation } from '../call.ts';
import type { PageOf, Paging } from './shapes.ts';

export const getSystemHealth = operation<{ answer: SystemHealth }>()(
  'getSystemHealth',
  'GET',
  '/system/health',
);
export const listOrganizationUsage = operation<{ query: Paging; answer: PageOf<OrganizationUsage> }>()(
  'listOrganizationUsage',
  'GET',
  '/system/usage',
);
export const createOrganization = operation<{ body: NewOrganization; answer: Organization }>()(
  'createOrganization',
  'POST',
  '/organizations',
);

export interface LogQuery {
  readonly level?: 'debug' | 'info' | 'warn' | 'error' | undefined;
  readonly requestId?: string | undefined;
  readonly search?: string | undefined;
}
export const readLog = operation<{ query: LogQuery; answer: LogLines }>()('readLog', 'GET', '/log');
