import type { MailServerDiscovery, MailServerSearch } from '@gatehouse/contracts/admin/mail-discovery.ts';
import type {
  MailProbe,
  MailProbePlan,
  MailProbePlanChange,
  MailProbeSummary,
  NewMailProbe,
} from '@gatehouse/contracts/admin/mail-probes.ts';
import type {
  MailDevice,
  MailServer,
  MailServerAssignment,
  MailServerChanges,
  MailServerTrial,
  MailSettings,
  MailSettingsChanges,
  MailTraffic,
  NewMailServer,
  NewMailServerAssignment,
} from '@gatehouse/contracts/admin/mail.ts';
import { operation } from '../call.ts';
import type { PageOf, Paging } from './shapes.ts';

interface MailDevicesQuery extends Paging {
  readonly state?: MailDevice['state'] | undefined;
  readonly linked?: 'true' | 'false' | undefined;
  readonly userId?: string | undefined;
  readonly deviceId?: string | undefined;
  readonly mailId?: string | undefined;
}
export const listMailDevices = operation<{ query: MailDevicesQuery; answer: PageOf<MailDevice> }>()(
  'listMailDevices',
  'GET',
  '/mail-devices',
);

interface Decision {
  readonly reason?: string;
}
export const approveMailDevice = operation<{ body: Decision; answer: MailDevice }>()(
  'approveMailDevice',
  'POST',
  '/mail-devices/:mailDeviceId/approve',
);
export const quarantineMailDevice = operation<{ body: Decision; answer: MailDevice }>()(
  'quarantineMailDevice',
  'POST',
  '/mail-devices/:mailDeviceId/quarantine',
);
export const blockMailDevice = operation<{ body: Decision; answer: MailDevice }>()(
  'blockMailDevice',
  'POST',
  '/mail-devices/:mailDeviceId/block',
);
export const resetMailDevice = operation<{ body: Decision; answer: MailDevice }>()(
  'resetMailDevice',
  'POST',
  '/mail-devices/:mailDeviceId/reset',
);
export const linkMailDevice = operation<{ body: { deviceId: string }; answer: MailDevice }>()(
  'linkMailDevice',
  'POST',
  '/mail-devices/:mailDeviceId/link',
);
export const unlinkMailDevice = operation<{ answer: MailDevice }>()(
  'unlinkMailDevice',
  'POST',
  '/mail-devices/:mailDeviceId/unlink',
);
export const forgetMailDevice = operation()('forgetMailDevice', 'DELETE', '/mail-devices/:mailDeviceId');

export const getMailSettings = operation<{ answer: MailSettings }>()(
  'getMailSettings',
  'GET',
  '/mail-settings',
);
export const changeMailSettings = operation<{ body: MailSettingsChanges; answer: MailSettings }>()(
  'changeMailSettings',
  'PATCH',
  '/mail-settings',
);

export const listMailServers = operation<{ query: Paging; answer: PageOf<MailServer> }>()(
  'listMailServers',
  'GET',
  '/mail-servers',
);
export const createMailServer = operation<{ body: NewMailServer; answer: MailServer }>()(
  'createMailServer',
  'POST',
  '/mail-servers',
);
export const getMailServer = operation<{ answer: MailServer }>()(
  'getMailServer',
  'GET',
  '/mail-servers/:mailServerId',
);
export const updateMailServer = operation<{ body: MailServerChanges; answer: MailServer }>()(
  'updateMailServer',
  'PATCH',
  '/mail-servers/:mailServerId',
);
export const deleteMailServer = operation()('deleteMailServer', 'DELETE', '/mail-servers/:mailServerId');
export const tryMailServer = operation<{ answer: MailServerTrial }>()(
  'tryMailServer',
  'POST',
  '/mail-servers/:mailServerId/try',
);
export const discoverMailServer = operation<{ body: MailServerSearch; answer: MailServerDiscovery }>()(
  'discoverMailServer',
  'POST',
  '/mail-servers/discover',
);
export const listMailServerAssignments = operation<{
  query: Paging;
  answer: PageOf<MailServerAssignment>;
}>()('listMailServerAssignments', 'GET', '/mail-servers/:mailServerId/assignments');
export const assignMailServer = operation<{ body: NewMailServerAssignment; answer: MailServerAssignment }>()(
  'assignMailServer',
  'POST',
  '/mail-servers/:mailServerId/assignments',
);
export const unassignMailServer = operation()(
  'unassignMailServer',
  'DELETE',
  '/mail-server-assignments/:mailAssignmentId',
);

export const getMailTraffic = operation<{ query: { hours?: number }; answer: MailTraffic }>()(
  'getMailTraffic',
  'GET',
  '/mail-gateway/traffic',
);

export const listMailProbes = operation<{
  query: Paging & { readonly mailServerId?: string | undefined };
  answer: PageOf<MailProbeSummary>;
}>()('listMailProbes', 'GET', '/mail-probes');
export const askForMailProbe = operation<{ body: NewMailProbe; answer: MailProbe }>()(
  'askForMailProbe',
  'POST',
  '/mail-probes',
);
export const getMailProbe = operation<{ answer: MailProbe }>()(
  'getMailProbe',
  'GET',
  '/mail-probes/:mailProbeId',
);
export const getMailProbePlan = operation<{ answer: MailProbePlan }>()(
  'getMailProbePlan',
  'GET',
  '/mail-servers/:mailServerId/probe-plan',
);
export const changeMailProbePlan = operation<{ body: MailProbePlanChange; answer: MailProbePlan }>()(
  'changeMailProbePlan',
  'PATCH',
  '/mail-servers/:mailServerId/probe-plan',
);
