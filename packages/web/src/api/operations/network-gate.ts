import type {
  IseServer,
  IseServerChanges,
  NasClient,
  NasClientChanges,
  NasSession,
  NetworkAccessChanges,
  NetworkAccessSettings,
  NetworkAccessSummary,
  NewIseServer,
  NewNasClient,
  TryOutcome,
} from '@gatehouse/contracts/admin/network-access.ts';
import type { SignalStream, SignalStreamChange } from '@gatehouse/contracts/admin/signals.ts';
import { operation } from '../call.ts';
import type { PageOf, Paging } from './shapes.ts';

export const summarizeNetworkAccess = operation<{ answer: NetworkAccessSummary }>()(
  'summarizeNetworkAccess',
  'GET',
  '/network-access/summary',
);

interface SessionsQuery extends Paging {
  readonly nas?: string | undefined;
  readonly device?: string | undefined;
}
export const listNetworkSessions = operation<{ query: SessionsQuery; answer: PageOf<NasSession> }>()(
  'listNetworkSessions',
  'GET',
  '/network-access/sessions',
);
export const reauthorizeDevice = operation<{ answer: { sessions: number; endpoints: number } }>()(
  'reauthorizeDevice',
  'POST',
  '/devices/:deviceId/reauthorize',
);

type WithSecret = NasClient & { readonly secret?: string };
export const listNetworkDevices = operation<{ query: Paging; answer: PageOf<NasClient> }>()(
  'listNetworkDevices',
  'GET',
  '/network-access/nas',
);
interface Template {
  readonly name: string;
  readonly title: string;
  readonly port: number;
  readonly reauthenticate: boolean;
}
export const listNetworkDeviceTemplates = operation<{ answer: readonly Template[] }>()(
  'listNetworkDeviceTemplates',
  'GET',
  '/network-access/nas-templates',
);
export const createNetworkDevice = operation<{ body: NewNasClient; answer: WithSecret }>()(
  'createNetworkDevice',
  'POST',
  '/network-access/nas',
);
export const getNetworkDevice = operation<{ answer: NasClient }>()(
  'getNetworkDevice',
  'GET',
  '/network-access/nas/:nasId',
);
export const updateNetworkDevice = operation<{ body: NasClientChanges; answer: WithSecret }>()(
  'updateNetworkDevice',
  'PATCH',
  '/network-access/nas/:nasId',
);
export const deleteNetworkDevice = operation()('deleteNetworkDevice', 'DELETE', '/network-access/nas/:nasId');
export const tryNetworkDevice = operation<{ answer: TryOutcome }>()(
  'tryNetworkDevice',
  'POST',
  '/network-access/nas/:nasId/try',
);

export const getNetworkAccessSettings = operation<{ answer: NetworkAccessSettings }>()(
  'getNetworkAccessSettings',
  'GET',
  '/network-access/settings',
);
export const changeNetworkAccessSettings = operation<{
  body: NetworkAccessChanges;
  answer: NetworkAccessSettings;
}>()('changeNetworkAccessSettings', 'PUT', '/network-access/settings');

export const listIseServers = operation<{ query: Paging; answer: PageOf<IseServer> }>()(
  'listIseServers',
  'GET',
  '/network-access/ise',
);
export const createIseServer = operation<{ body: NewIseServer; answer: IseServer }>()(
  'createIseServer',
  'POST',
  '/network-access/ise',
);
export const getIseServer = operation<{ answer: IseServer }>()(
  'getIseServer',
  'GET',
  '/network-access/ise/:iseId',
);
export const updateIseServer = operation<{ body: IseServerChanges; answer: IseServer }>()(
  'updateIseServer',
  'PATCH',
  '/network-access/ise/:iseId',
);
export const deleteIseServer = operation()('deleteIseServer', 'DELETE', '/network-access/ise/:iseId');
export const tryIseServer = operation<{ answer: TryOutcome }>()(
  'tryIseServer',
  'POST',
  '/network-access/ise/:iseId/try',
);

export const listSignalStreams = operation<{ query: Paging; answer: PageOf<SignalStream> }>()(
  'listSignalStreams',
  'GET',
  '/signals/streams',
);
export const changeSignalStream = operation<{ body: SignalStreamChange; answer: SignalStream }>()(
  'changeSignalStream',
  'PATCH',
  '/signals/streams/:streamId',
);
