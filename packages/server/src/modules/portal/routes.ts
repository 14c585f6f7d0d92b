// The routes of the portal, /my/api/v1. Who calls is the session's user; nothing in a request names a person.
import { IssuedEnrollment } from '@gatehouse/contracts/admin/enrollments.ts';
import { TokenId } from '@gatehouse/contracts/admin/tokens.ts';
import { Id } from '@gatehouse/contracts/admin/values.ts';
import {
  MyActionAnswer,
  MyActionOrder,
  MyDevice,
  MyDeviceDetail,
  MyHistoryEntry,
  MyNewDevice,
  MyOrder,
  MyTerms,
} from '@gatehouse/contracts/my/devices.ts';
import { Ledger, LedgerDeed } from '@gatehouse/contracts/my/ledger.ts';
import { MyDetails, MyPasswordChange, MySessionEntry } from '@gatehouse/contracts/my/session.ts';
import { languages } from '@gatehouse/core/languages.ts';
import { type OwnAction, ownActions } from '@gatehouse/core/portal/own-actions.ts';
import { type TSchema, Type } from 'typebox';
import {
  type AdminRoute,
  defineRoute,
  download,
  listRoute,
  type PageAnswer,
  type PageRequest,
  type RouteContext,
} from '../../kernel/http/route.ts';
import { changeOwnPassword, endOwnSession, listOwnSessions, type UserSession } from '../users/index.ts';
import { listDeeds } from './deeds.ts';
import { enrolAnother } from './enrol-another.ts';
import { listHistory } from './history.ts';
import { readLedger } from './ledger.ts';
import { listOwnDevices, readOwnDevice } from './list-own-devices.ts';
import { orderOwnAction, readOwnOrder } from './order-own-action.ts';
import { listOwnTerms, readOwnDetails } from './own-details.ts';
import type { Person, PortalDeps } from './portal-deps.ts';

/** The surface knows the session behind a request; the routes ask for it. */
export interface PortalCallers {
  session(context: Pick<RouteContext, 'principal'>): UserSession;
  person(context: Pick<RouteContext, 'principal' | 'request'> & { readonly query: unknown }): Person;
}

const own = { user: 'own' } as const;
const spoken = {
  language: Type.Optional(
    Type.Enum([...languages], { description: 'Of the texts; default: as the browser wishes.' }),
  ),
};
const list = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item) }, { additionalProperties: false });

export const portalRoutes = (deps: PortalDeps, callers: PortalCallers): AdminRoute[] => [
  defineRoute({
    method: 'GET',
    path: '/me',
    operation: 'readMyDetails',
    tag: 'account',
    summary: 'What the organization knows of the person',
    access: own,
    query: spoken,
    response: { 200: MyDetails },
    handle: (context) => readOwnDetails(deps, callers.person(context)),
  }),
  defineRoute({
    method: 'PUT',
    path: '/me/password',
    operation: 'changeMyPassword',
    tag: 'account',
    summary: 'Choose another password; other sessions end',
    access: own,
    body: MyPasswordChange,
    response: { 204: null },
    example: { current: 'correct horse battery staple', password: 'plinth ocelot quaver tumbril' },
    handle: (context) => changeOwnPassword(deps, callers.session(context), context.body),
  }),
  defineRoute({
    method: 'GET',
    path: '/me/sessions',
    operation: 'listMySessions',
    tag: 'account',
    summary: 'List the own sessions',
    access: own,
    response: { 200: list(MySessionEntry) },
    handle: async (context) => ({ items: await listOwnSessions(deps, callers.session(context)) }),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/me/sessions/:sessionId',
    operation: 'endMySession',
    tag: 'account',
    summary: 'End one of the own sessions',
    access: own,
    params: { sessionId: TokenId },
    response: { 204: null },
    handle: (context) => endOwnSession(deps, callers.session(context), context.params.sessionId),
  }),
  defineRoute({
    method: 'GET',
    path: '/me/terms',
    operation: 'listMyTerms',
    tag: 'account',
    summary: 'Terms of use that apply, and those that were agreed to',
    access: own,
    query: spoken,
    response: { 200: list(MyTerms) },
    handle: async (context) => ({ items: await listOwnTerms(deps, callers.person(context)) }),
  }),
  defineRoute({
    method: 'GET',
    path: '/devices',
    operation: 'listMyDevices',
    tag: 'devices',
    summary: 'The own devices, how each stands and what mends it',
    access: own,
    query: spoken,
    response: { 200: list(MyDevice) },
    handle: async (context) => ({ items: await listOwnDevices(deps, callers.person(context)) }),
  }),
  defineRoute({
    method: 'GET',
    path: '/devices/:deviceId',
    operation: 'readMyDevice',
    tag: 'devices',
    summary: 'One of the own devices, with what may be done to it',
    access: own,
    query: spoken,
    params: { deviceId: Id },
    response: { 200: MyDeviceDetail },
    handle: (context) => readOwnDevice(deps, callers.person(context), context.params.deviceId),
  }),
  defineRoute({
    method: 'POST',
    path: '/devices/:deviceId/actions/:action',
    operation: 'orderForMyDevice',
    tag: 'devices',
    summary: 'Do something to an own device',
    access: own,
    params: { deviceId: Id, action: Type.Enum([...ownActions]) },
    body: MyActionOrder,
    response: { 200: MyActionAnswer },
    example: {},
    handle: (context) =>
      orderOwnAction(
        deps,
        callers.person(context),
        context.params.deviceId,
        context.params.action as OwnAction,
        context.body,
      ),
  }),
  defineRoute({
    method: 'GET',
    path: '/devices/:deviceId/orders/:orderId',
    operation: 'readMyOrder',
    tag: 'devices',
    summary: 'What has come of an order',
    access: own,
    params: { deviceId: Id, orderId: Id },
    response: { 200: MyOrder },
    handle: (context) =>
      readOwnOrder(deps, callers.person(context), context.params.deviceId, context.params.orderId),
  }),
  listRoute({
    path: '/history',
    operation: 'listMyHistory',
    tag: 'devices',
    summary: 'What was done to the own devices, by whoever it was; newest first',
    access: own,
    query: { ...spoken, deviceId: Type.Optional(Id) },
    item: MyHistoryEntry,
    handle: (context) => listHistory(deps, callers.person(context), context.query.deviceId, context.page),
  }),
  defineRoute({
    method: 'POST',
    path: '/enrollments',
    operation: 'enrolMyDevice',
    tag: 'devices',
    summary: 'Enrol a further device of one’s own: a one-time password',
    access: own,
    body: MyNewDevice,
    response: { 201: IssuedEnrollment },
    idempotency: 'once',
    example: { platform: 'linux' },
    handle: (context) => enrolAnother(deps, callers.person(context), context.body.platform),
  }),
  defineRoute({
    method: 'GET',
    path: '/ledger',
    operation: 'readMyLedger',
    tag: 'privacy',
    summary: 'Everything that is held about the own devices, and what is not collected',
    access: own,
    query: spoken,
    response: { 200: Ledger },
    handle: (context) => readLedger(deps, callers.person(context)),
  }),
  listRoute({
    path: '/ledger/deeds',
    operation: 'listMyDeeds',
    tag: 'privacy',
    summary: 'What administrators and their programs looked at or did; newest first',
    access: own,
    query: spoken,
    item: LedgerDeed,
    handle: (context) => listDeeds(deps, callers.person(context), context.page),
  }),
  defineRoute({
    method: 'GET',
    path: '/ledger/file',
    operation: 'downloadMyLedger',
    tag: 'privacy',
    summary: 'The whole ledger as a file: details, devices, facts, history, and what others looked at or did',
    access: own,
    query: spoken,
    response: { 200: 'application/json' },
    async handle(context) {
      const person = callers.person(context);
      const content = await wholeLedger(deps, person);
      return download('application/json', 'my-data.json', JSON.stringify(content, null, 2));
    },
  }),
];

/** Entries of one kind in a file. */
const mostEntries = 10_000;

async function wholeLedger(deps: PortalDeps, person: Person) {
  return {
    details: await readOwnDetails(deps, person),
    terms: await listOwnTerms(deps, person),
    ledger: await readLedger(deps, person),
    history: await everything((page) => listHistory(deps, person, undefined, page)),
    deeds: await everything((page) => listDeeds(deps, person, page)),
  };
}

async function everything<Item>(read: (page: PageRequest) => Promise<PageAnswer<Item>>): Promise<Item[]> {
  const items: Item[] = [];
  let after: PageRequest['after'];
  do {
    const page = await read({ limit: 200, after });
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined && items.length < mostEntries);
  return items;
}
