/** Every operation of the portal’s API that its pages use; below `/my/api/v1`. */
import type { IssuedEnrollment } from '@gatehouse/contracts/admin/enrollments.ts';
import type {
  MyActionAnswer,
  MyActionOrder,
  MyDevice,
  MyDeviceDetail,
  MyHistoryEntry,
  MyNewDevice,
  MyOrder,
  MyTerms,
} from '@gatehouse/contracts/my/devices.ts';
import type { Ledger, LedgerDeed } from '@gatehouse/contracts/my/ledger.ts';
import type {
  MyDetails,
  MyPasswordChange,
  MyProof,
  MySession,
  MySessionEntry,
  MySignIn,
} from '@gatehouse/contracts/my/session.ts';
import { operation } from '../api/call.ts';

interface Spoken {
  readonly language?: string;
}
interface Listed<Item> {
  readonly items: readonly Item[];
}
interface Page<Item> extends Listed<Item> {
  readonly nextCursor?: string;
}

export const signInToPortal = operation<{ body: MySignIn; answer: MySession }>()(
  'signInToPortal',
  'POST',
  '/session',
);
export const readMySession = operation<{ answer: MySession }>()('readMySession', 'GET', '/session');
export const proveAgain = operation<{ body: MyProof; answer: MySession }>()(
  'proveAgain',
  'POST',
  '/session/proof',
);
export const signOutOfPortal = operation()('signOutOfPortal', 'DELETE', '/session');
export const readMyDetails = operation<{ query: Spoken; answer: MyDetails }>()('readMyDetails', 'GET', '/me');
export const changeMyPassword = operation<{ body: MyPasswordChange }>()(
  'changeMyPassword',
  'PUT',
  '/me/password',
);
export const listMySessions = operation<{ answer: Listed<MySessionEntry> }>()(
  'listMySessions',
  'GET',
  '/me/sessions',
);
export const endMySession = operation()('endMySession', 'DELETE', '/me/sessions/:sessionId');
export const listMyTerms = operation<{ query: Spoken; answer: Listed<MyTerms> }>()(
  'listMyTerms',
  'GET',
  '/me/terms',
);
export const listMyDevices = operation<{ query: Spoken; answer: Listed<MyDevice> }>()(
  'listMyDevices',
  'GET',
  '/devices',
);
export const readMyDevice = operation<{ query: Spoken; answer: MyDeviceDetail }>()(
  'readMyDevice',
  'GET',
  '/devices/:deviceId',
);
export const orderForMyDevice = operation<{ body: MyActionOrder; answer: MyActionAnswer }>()(
  'orderForMyDevice',
  'POST',
  '/devices/:deviceId/actions/:action',
);
export const readMyOrder = operation<{ answer: MyOrder }>()(
  'readMyOrder',
  'GET',
  '/devices/:deviceId/orders/:orderId',
);
export const listMyHistory = operation<{
  query: Spoken & { readonly deviceId?: string; readonly limit?: number };
  answer: Page<MyHistoryEntry>;
}>()('listMyHistory', 'GET', '/history');
export const enrolMyDevice = operation<{ body: MyNewDevice; answer: IssuedEnrollment }>()(
  'enrolMyDevice',
  'POST',
  '/enrollments',
);
export const readMyLedger = operation<{ query: Spoken; answer: Ledger }>()('readMyLedger', 'GET', '/ledger');
export const listMyDeeds = operation<{
  query: Spoken & { readonly limit?: number };
  answer: Page<LedgerDeed>;
}>()('listMyDeeds', 'GET', '/ledger/deeds');
export const downloadMyLedger = operation<{ query: Spoken; answer: string }>()(
  'downloadMyLedger',
  'GET',
  '/ledger/file',
);
